"""Walking all records of an entity in pages, each served once and none left out, whatever is written meanwhile.

A page is the next live records after the last boundary. Boundaries are found in blocks as pages are asked for and then
stay, so that a retry of a page has the same range and no page is found by counting from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, When
from django.db.models.functions import Now

from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.models import Walk, WalkBlock
from sync.paging import Page

LIFETIME = timedelta(hours=24)
BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Served:
    """A page of a walk: its records as JSON, the walk's total, and whether the walk had to be begun anew."""

    items: Sequence[str]
    total: int
    restarted: bool


@transaction.atomic
def serve(*, client_id: int, schema: EntitySchema, page: Page) -> Served:
    """Return a page of the walk that this request belongs to; page 1 opens a new one."""
    walk = continued(client_id, schema, page) if page.number > 1 else None
    opened = walk is None
    walk = walk or open_walk(client_id, schema, page)
    span = span_of(walk, schema, page.number)
    items = reading.items_in(schema, span) if span else []
    Walk.objects.filter(pk=walk.pk).update(last_page=page.number, served_at=Now())
    return Served(items, walk.total, restarted=opened and page.number > 1)


def continued(client_id: int, schema: EntitySchema, page: Page) -> Walk | None:
    """Return the live walk that last served this page or the one before it, else the newest; it is locked."""
    fits = Case(When(last_page__in=[page.number - 1, page.number], then=0), default=1)
    walks = Walk.objects.filter(client_id=client_id, entity=schema.name, per_page=page.size)
    live = walks.filter(served_at__gt=Now() - LIFETIME)
    return live.order_by(fits, "-id").select_for_update().first()


def open_walk(client_id: int, schema: EntitySchema, page: Page) -> Walk:
    """Open a walk over the records that live now; the reader's walks that have ended are cleared away."""
    Walk.objects.filter(client_id=client_id, entity=schema.name, served_at__lte=Now() - LIFETIME).delete()
    extent = reading.extent(schema)
    return Walk.objects.create(
        client_id=client_id,
        entity=schema.name,
        per_page=page.size,
        highest=extent.highest,
        total=extent.count,
        last_page=page.number,
    )


def span_of(walk: Walk, schema: EntitySchema, page: int) -> Span | None:
    """Return the range of a page, None when it lies past the end."""
    if (page - 1) * walk.per_page >= walk.total:
        return None
    block, place = divmod(page - 1, BLOCK)
    blocks = known_blocks(walk, schema, block)
    ends = [end_of_block(blocks, block - 1, walk), *blocks.get(block, [])]
    if place >= len(ends):
        return None
    # Whoever stops at Total must have all: a record that committed late may have pushed another off the last page.
    is_last = page * walk.per_page >= walk.total or place + 1 == len(ends)
    return Span(ends[place], walk.highest if is_last else ends[place + 1], walk.opened_at)


def end_of_block(blocks: Mapping[int, Sequence[int]], number: int, walk: Walk) -> int:
    """Return where a block's last page ends: before the first it is 0, and the end of the walk where it is not full."""
    if number < 0:
        return 0
    ends = blocks.get(number, [])
    return ends[-1] if len(ends) == BLOCK else walk.highest


def known_blocks(walk: Walk, schema: EntitySchema, wanted: int) -> Mapping[int, Sequence[int]]:
    """Return the boundaries of a block and of the one before it, appending those that are not there yet."""
    stored = dict(walk.blocks.filter(number__in=[wanted - 1, wanted]).values_list("number", "boundaries"))
    if wanted in stored:
        return stored
    newest = walk.blocks.order_by("-number").first()
    number, ends = (newest.number, newest.boundaries) if newest else (-1, [0] * BLOCK)
    while number < wanted and len(ends) == BLOCK:
        span = Span(ends[-1], walk.highest, walk.opened_at)
        ends = reading.boundaries(schema, span, size=walk.per_page, pages=BLOCK)
        number += 1
        WalkBlock.objects.create(walk=walk, number=number, boundaries=ends)
        stored[number] = ends
    return stored
