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
from django.utils import timezone

from entities import reading
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
    after, until = bounds(walk, schema, page)
    items = reading.items_between(schema, after, until, page.size)
    Walk.objects.filter(pk=walk.pk).update(last_page=page.number, served_at=timezone.now())
    return Served(items, walk.total, restarted=opened and page.number > 1)


def continued(client_id: int, schema: EntitySchema, page: Page) -> Walk | None:
    """Return the live walk that last served this page or the one before it, else the newest; it is locked."""
    fits = Case(When(last_page__in=[page.number - 1, page.number], then=0), default=1)
    walks = Walk.objects.filter(
        client_id=client_id, entity=schema.name, per_page=page.size, served_at__gt=timezone.now() - LIFETIME
    )
    return walks.order_by(fits, "-id").select_for_update().first()


def open_walk(client_id: int, schema: EntitySchema, page: Page) -> Walk:
    extent = reading.extent(schema)
    return Walk.objects.create(
        client_id=client_id,
        entity=schema.name,
        per_page=page.size,
        highest=extent.highest,
        total=extent.count,
        last_page=page.number,
    )


def bounds(walk: Walk, schema: EntitySchema, page: Page) -> tuple[int, int]:
    """Return the identities between which a page's records lie: above the first, up to the second."""
    block = (page.number - 1) // BLOCK
    blocks = known_blocks(walk, schema, block)
    place = (page.number - 1) % BLOCK
    ends = blocks.get(block, [])
    if place:
        after = ends[place - 1] if place <= len(ends) else walk.highest
    else:
        after = last_of(blocks.get(block - 1), walk) if block else 0
    return after, ends[place] if place < len(ends) else walk.highest


def last_of(ends: Sequence[int] | None, walk: Walk) -> int:
    return ends[-1] if ends and len(ends) == BLOCK else walk.highest


def known_blocks(walk: Walk, schema: EntitySchema, wanted: int) -> Mapping[int, Sequence[int]]:
    """Return the boundaries of a block and the one before it, appending the blocks that are not there yet."""
    stored = dict(walk.blocks.filter(number__in=[wanted - 1, wanted]).values_list("number", "boundaries"))
    if wanted in stored:
        return stored
    newest = walk.blocks.order_by("-number").first()
    number, ends = (newest.number, newest.boundaries) if newest else (-1, [])
    while number < wanted and (newest is None or len(ends) == BLOCK):
        after = ends[-1] if ends else 0
        ends = reading.boundaries(schema, after, walk.highest, walk.per_page, BLOCK)
        number += 1
        newest = WalkBlock.objects.create(walk=walk, number=number, boundaries=ends)
        stored[number] = ends
    return stored
