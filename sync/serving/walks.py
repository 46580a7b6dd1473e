"""Walking all records of an entity in pages, each served once and none left out, whatever is written meanwhile.

A page is the next live records after the last boundary. Boundaries are found in blocks as pages are asked for and then
stay, so that a retry of a page has the same range and no page is found by counting from the start.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from connector.edge.errors import BadRequest
from connector.edge.postgresql.exchange import Value
from entities import reading
from entities.epoch import IS_CURRENT
from entities.schema import EntitySchema
from sync.models import Walk
from sync.serving import jumps, ranges, replica, steps
from sync.serving.cursors import PageOfWalk, Reader, Start, expired
from sync.serving.paging import Page
from sync.serving.served import Served, joined
from sync.serving.steps import Choice, Step
from sync.watching import metrics

LIFETIME = timedelta(hours=24)
IS_ALIVE = f"served_at > statement_timestamp() - interval '{LIFETIME.total_seconds()} seconds'"
# Of the reader's walks by pages of one size, the one that last served this page or the one before it, else the newest.
BY_PAGE = f"""
    SELECT id FROM sync_walk WHERE client_id = %s AND entity = %s AND per_page = %s AND {IS_ALIVE}
    ORDER BY last_page IN (%s, %s) DESC, id DESC LIMIT 1 FOR UPDATE
"""  # noqa: S608 (all of it is ours)
BY_CURSOR = f"""
    SELECT id FROM sync_walk
    WHERE id = %s AND {IS_ALIVE} AND epoch = %s AND {IS_CURRENT.format("epoch")} FOR UPDATE
"""  # noqa: S608
OPENED = "%s::bigint"


def serve(reader: Reader, page: Page) -> Served:
    """Return a page of the walk that this request belongs to; page 1 opens a new one."""
    if page.number > 1 and (found := step(reader, by_page(reader, page), page.number)):
        return told(reader, page.number, *found)
    opened = step(reader, Choice(OPENED, [open_walk(reader, page)]), page.number)
    if opened is None:
        raise LookupError("the walk that was opened is gone")
    detail = {"walk": "restarted"} if page.number > 1 else {}
    return replace(told(reader, page.number, *opened), detail=detail)


def go_on(reader: Reader, place: PageOfWalk) -> Served:
    """Return the page of the walk that a cursor names."""
    found = step(reader, Choice(BY_CURSOR, [place.walk, place.epoch]), place.number)
    if found is None:
        raise BadRequest(faults=[expired("cursor")])
    return told(reader, place.number, *found)


def by_page(reader: Reader, page: Page) -> Choice:
    named: list[Value] = [reader.client_id, reader.schema.name, page.size, page.number - 1, page.number]
    return Choice(BY_PAGE, named, is_durable=True)


@transaction.atomic
def open_walk(reader: Reader, page: Page) -> int:
    """Open a walk over the records that live now; the reader's walks that have ended are cleared away."""
    own = {"client_id": reader.client_id, "entity": reader.schema.name}
    Walk.objects.filter(**own, served_at__lte=Now() - LIFETIME).delete()
    extent = reading.extent(reader.schema)
    metrics.walks.labels(reader.schema.name).inc()
    walk = Walk.objects.create(
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
    if (page.number - 1) * page.size < extent.count:  # Else all boundaries there are would be found, for nothing.
        ranges.find_first(walk, reader.schema, page.number)
    return walk.pk


def step(reader: Reader, choice: Choice, page: int) -> tuple[Step, bytes] | None:
    """Take a step of a walk; where its range is not known yet it is found, for good, before it is served."""
    schema = None if replica.is_asked() else reader.schema
    found = steps.take(choice, page, schema)
    if found and found[0].until is None:  # The same walk is asked again: what is newest may be another by then.
        choice = replace(choice, sql=OPENED, parameters=[found[0].walk])
        if found[0].is_marked:
            found = steps.take(choice, page, schema, jumps.finding(found[0].walk, reader.schema, page))
    if found and found[0].until is None:
        ranges.find(found[0].walk, reader.schema, page)
        found = steps.take(choice, page, schema)
    if found is None or schema:
        return found
    return found[0], items_of(found[0], reader.schema)


def items_of(step: Step, schema: EntitySchema) -> bytes:
    """Return the records of a step from a replica, if that has them."""
    items = replica.read(partial(reading.items_in, schema, step.span), epoch=step.epoch, lsn=step.log_position)
    return joined(items)


def told(reader: Reader, page: int, step: Step, items: bytes) -> Served:
    """Return a page of a walk with its headers; past its end there is nothing."""
    rest = None if step.is_last else PageOfWalk(step.epoch, step.walk, page + 1)
    end = Start(step.epoch, int(step.opened_at.timestamp()), step.opened_before)
    return Served(items, {"Total": str(step.total), "Per-Page": str(step.per_page), **reader.told(rest, end)})
