"""Walking all records of an entity in pages, each served once and none left out, whatever is written meanwhile.

A page is the next live records after the last boundary. Boundaries are found in blocks as pages are asked for and then
stay, so that a retry of a page has the same range and no page is found by counting from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.db.models.functions import Now

from connector.edge.errors import BadRequest
from entities import reading
from entities.epoch import stand
from entities.reading import Span
from entities.schema import EntitySchema
from sync import metrics, replica
from sync.cursors import PageOfWalk, Reader, Start, expired
from sync.models import Walk, WalkBlock
from sync.paging import Page
from sync.served import Served

LIFETIME = timedelta(hours=24)
BLOCK = 1000


@transaction.atomic
def serve(reader: Reader, page: Page) -> Served:
    """Return a page of the walk that this request belongs to; page 1 opens a new one."""
    walk = continued(reader, page) if page.number > 1 else None
    if walk:
        return serve_page(reader, walk, page.number)
    detail = {"walk": "restarted"} if page.number > 1 else {}
    return replace(serve_page(reader, open_walk(reader, page), page.number), detail=detail)


@transaction.atomic
def go_on(reader: Reader, place: PageOfWalk) -> Served:
    """Return the page of the walk that a cursor names."""
    walk = live_walks().filter(pk=place.walk).select_for_update().first()
    if walk is None or place.epoch != stand().epoch:
        raise BadRequest(faults=[expired("cursor")])
    return serve_page(reader, walk, place.number)


def live_walks() -> QuerySet[Walk]:
    return Walk.objects.filter(served_at__gt=Now() - LIFETIME)


def continued(reader: Reader, page: Page) -> Walk | None:
    """Return the live walk that last served this page or the one before it, else the newest; it is locked."""
    fits = Case(When(last_page__in=[page.number - 1, page.number], then=0), default=1)
    walks = live_walks().filter(client_id=reader.client_id, entity=reader.schema.name, per_page=page.size)
    return walks.order_by(fits, "-id").select_for_update().first()


def open_walk(reader: Reader, page: Page) -> Walk:
    """Open a walk over the records that live now; the reader's walks that have ended are cleared away."""
    own = {"client_id": reader.client_id, "entity": reader.schema.name}
    Walk.objects.filter(**own, served_at__lte=Now() - LIFETIME).delete()
    extent = reading.extent(reader.schema)
    metrics.walks.labels(reader.schema.name).inc()
    return Walk.objects.create(
        **own,
        per_page=page.size,
        highest=extent.highest,
        total=extent.count,
        opened_at=extent.stand.at,
        epoch=extent.stand.epoch,
        opened_before=extent.stand.xid,
        log_position=extent.stand.lsn,
        last_page=page.number,
    )


def serve_page(reader: Reader, walk: Walk, number: int) -> Served:
    """Return a page of a walk; past its end there is nothing."""
    find = partial(page_of, walk, reader.schema, number)
    span, items = replica.read(find, epoch=walk.epoch, lsn=walk.log_position)
    is_last = span is None or span.until == walk.highest
    rest = None if is_last else PageOfWalk(walk.epoch, walk.pk, number + 1)
    end = Start(walk.epoch, int(walk.opened_at.timestamp()), walk.opened_before)
    Walk.objects.filter(pk=walk.pk).update(last_page=number, served_at=Now())
    return Served(items, {"Total": str(walk.total), "Per-Page": str(walk.per_page), **reader.told(rest, end)})


def page_of(walk: Walk, schema: EntitySchema, number: int, *, using: str) -> tuple[Span | None, Sequence[str]]:
    span = span_of(walk, schema, number, using)
    return span, reading.items_in(schema, span, using=using) if span else []


def span_of(walk: Walk, schema: EntitySchema, page: int, using: str) -> Span | None:
    """Return the range of a page, None when it lies past the end."""
    if (page - 1) * walk.per_page >= walk.total:
        return None
    block, place = place_of(page)
    blocks = known_blocks(walk, schema, block, using)
    ends = [end_of_block(blocks, block - 1, walk), *blocks.get(block, [])]
    if place >= len(ends):
        return None
    # Whoever stops at Total must have all: a record that committed late may have pushed another off the last page.
    is_last = page * walk.per_page >= walk.total or place + 1 == len(ends)
    return Span(ends[place], walk.highest if is_last else ends[place + 1], walk.opened_at)


def place_of(page: int) -> tuple[int, int]:
    """Return the block of a page, and its place there."""
    block = (page - 2 + BLOCK) // BLOCK
    return block, (page - 2) % BLOCK if block else 0


def pages_of(block: int) -> int:
    """Return how many pages a block has; the first has one, so that opening a walk costs little more than a count."""
    return BLOCK if block else 1


def end_of_block(blocks: Mapping[int, Sequence[int]], number: int, walk: Walk) -> int:
    """Return where a block's last page ends: before the first it is 0, and the end of the walk where it is not full."""
    if number < 0:
        return 0
    ends = blocks.get(number, [])
    return ends[-1] if len(ends) == pages_of(number) else walk.highest


def known_blocks(walk: Walk, schema: EntitySchema, wanted: int, using: str) -> Mapping[int, Sequence[int]]:
    """Return the boundaries of a block and of the one before it, appending those that are not there yet."""
    stored = dict(walk.blocks.filter(number__in=[wanted - 1, wanted]).values_list("number", "boundaries"))
    if wanted in stored:
        return stored
    newest = walk.blocks.order_by("-number").first()
    number = newest.number if newest else -1
    after = end_of_block({newest.number: newest.boundaries} if newest else {}, number, walk)
    while number < wanted and after < walk.highest:
        number += 1
        span = Span(after, walk.highest, walk.opened_at)
        ends = reading.boundaries(schema, span, size=walk.per_page, pages=pages_of(number), using=using)
        WalkBlock.objects.create(walk=walk, number=number, boundaries=ends)
        stored[number] = ends
        after = end_of_block(stored, number, walk)
    return stored
