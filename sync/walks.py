"""Walking all records of an entity in pages, each served once and none left out, whatever is written meanwhile.

A page is the next live records after the last boundary. Boundaries are found in blocks as pages are asked for and then
stay, so that a retry of a page has the same range and no page is found by counting from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from connector.edge.errors import BadRequest
from entities import reading
from entities.epoch import IS_CURRENT
from entities.reading import Span
from entities.schema import EntitySchema
from sync import metrics, replica
from sync.blocks import span_of
from sync.cursors import PageOfWalk, Reader, Start, expired
from sync.models import Walk
from sync.paging import Page
from sync.served import Served

LIFETIME = timedelta(hours=24)
# Of the reader's walks by pages of one size, the one that last served this page or the one before it, else the newest.
BY_PAGE = """
    SELECT id FROM sync_walk
    WHERE client_id = %s AND entity = %s AND per_page = %s AND served_at > statement_timestamp() - %s
    ORDER BY last_page IN (%s, %s) DESC, id DESC LIMIT 1 FOR UPDATE
"""
BY_CURSOR = f"""
    SELECT id FROM sync_walk
    WHERE id = %s AND served_at > statement_timestamp() - %s AND epoch = %s AND {IS_CURRENT.format("epoch")} FOR UPDATE
"""  # noqa: S608
# What is lost with a crash is what page was served last, and a cursor says by itself where it goes on.
WITHOUT_WAITING = "set_config('synchronous_commit', 'off', true)"


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
    walk = touched(BY_CURSOR, [place.walk, LIFETIME, place.epoch], place.number, WITHOUT_WAITING)
    if walk is None:
        raise BadRequest(faults=[expired("cursor")])
    return serve_page(reader, walk, place.number)


def continued(reader: Reader, page: Page) -> Walk | None:
    """Return the live walk that a page by its number belongs to."""
    named = [reader.client_id, reader.schema.name, page.size, LIFETIME, page.number - 1, page.number]
    return touched(BY_PAGE, named, page.number)


def touched(chosen: str, parameters: Sequence[object], page: int, further: str = "NULL") -> Walk | None:
    """Lock a walk, note the page that it serves now, and return it; None when there is none that goes on."""
    sql = f"""
        UPDATE sync_walk SET last_page = %s, served_at = statement_timestamp() WHERE id = ({chosen})
        RETURNING sync_walk.*, {further} AS further
    """  # noqa: S608 (all of it is ours)
    return next(iter(Walk.objects.raw(sql, [page, *parameters])), None)


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
    return Served(items, {"Total": str(walk.total), "Per-Page": str(walk.per_page), **reader.told(rest, end)})


def page_of(walk: Walk, schema: EntitySchema, number: int, *, using: str) -> tuple[Span | None, Sequence[str]]:
    span = span_of(walk, schema, number, using)
    return span, reading.items_in(schema, span, using=using) if span else []
