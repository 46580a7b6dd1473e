"""Where the pages of a walk begin: boundaries are found in blocks as pages are asked for, and then stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.models import Walk, WalkBlock

BLOCK = 1000
# Of the block of a page and of the one before it; a boundary that is not there is NULL.
ENDS = """
    SELECT number, cardinality(boundaries), boundaries[%s], boundaries[%s], boundaries[cardinality(boundaries)]
    FROM sync_walkblock WHERE walk_id = %s AND number IN (%s, %s)
"""


@dataclass(frozen=True, slots=True)
class Ends:
    """What a page must know of a block: how many boundaries it has, the page's own two, and the last."""

    count: int = 0
    before: int = 0
    after: int = 0
    last: int = 0


def span_of(walk: Walk, schema: EntitySchema, page: int, using: str) -> Span | None:
    """Return the range of a page, None when it lies past the end."""
    if (page - 1) * walk.per_page >= walk.total:
        return None
    block, place = place_of(page)
    ends = known(walk, block, place)
    if block not in ends:
        appended = append(walk, schema, block, using)
        ends |= {number: ends_in(found, place) for number, found in appended.items()}
    own = ends.get(block, Ends())
    if place > own.count:
        return None
    # Whoever stops at Total must have all: a record that committed late may have pushed another off the last page.
    is_last = page * walk.per_page >= walk.total or place == own.count
    after = own.before if place else end_of_block(walk, block - 1, ends.get(block - 1, Ends()))
    return Span(after, walk.highest if is_last else own.after, walk.opened_at)


def place_of(page: int) -> tuple[int, int]:
    """Return the block of a page, and its place there."""
    block = (page - 2 + BLOCK) // BLOCK
    return block, (page - 2) % BLOCK if block else 0


def pages_of(block: int) -> int:
    """Return how many pages a block has; the first has one, so that opening a walk costs little more than a count."""
    return BLOCK if block else 1


def known(walk: Walk, block: int, place: int) -> dict[int, Ends]:
    """Return what is known of a block and of the one before it, for the page of a place."""
    with connection.cursor() as cursor:
        cursor.execute(ENDS, [place, place + 1, walk.pk, block - 1, block])
        return {number: Ends(*found) for number, *found in cursor.fetchall()}


def end_of_block(walk: Walk, number: int, ends: Ends) -> int:
    """Return where a block's last page ends: before the first it is 0, and the end of the walk where it is not full."""
    if number < 0:
        return 0
    return ends.last if ends.count == pages_of(number) else walk.highest


def append(walk: Walk, schema: EntitySchema, wanted: int, using: str) -> dict[int, list[int]]:
    """Find the boundaries up to those of a block, keep them for good, and return those of each block."""
    newest = walk.blocks.order_by("-number").first()
    number, found = (newest.number, newest.boundaries) if newest else (-1, [])
    appended = {}
    while number < wanted and (after := end_of_block(walk, number, ends_in(found))) < walk.highest:
        number += 1
        span = Span(after, walk.highest, walk.opened_at)
        found = reading.boundaries(schema, span, size=walk.per_page, pages=pages_of(number), using=using)
        WalkBlock.objects.create(walk=walk, number=number, boundaries=found)
        appended[number] = found
    with connection.cursor() as cursor:  # A crash must not forget them, whatever the page itself allows.
        cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
    return appended


def ends_in(found: list[int], place: int = 0) -> Ends:
    before, after, *_ = [*[0, *found][place : place + 2], 0, 0]
    return Ends(len(found), before, after, found[-1] if found else 0)
