"""Pages far from all that a walk has found: each is found alone, from the nearest place whose number is known.

Such places are marks: how many records lived up to the end of each stretch of identities, as it was counted in indexes
when a reader first jumped so far. What lies between two pages that were found belongs to the pages between them, so
marks say where a page begins, and never what a walk has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from django.db import connection

from entities import reading
from entities.changes import Place
from entities.reading import Span
from entities.schema import EntitySchema
from entities.stretches import Stretches, lived
from sync.models import Walk, WalkBlock
from sync.serving import replica

STRETCH = 2_000  # records, as many as a page is looked for among
GOING_ON = 100  # pages are found at once where the one before is known
BESIDE = """
    SELECT mark, coalesce(marks[mark], 0), coalesce(cardinality(marks), 0), coalesce(marks[cardinality(marks)], 0),
        (SELECT ARRAY[-number, boundaries[2]] FROM sync_walkblock
         WHERE walk_id = walk.id AND number < 0 AND number > -%s::int ORDER BY number LIMIT 1),
        (SELECT ARRAY[-number - 1, boundaries[1]] FROM sync_walkblock
         WHERE walk_id = walk.id AND number < -%s::int ORDER BY number DESC LIMIT 1)
    FROM sync_walk AS walk, width_bucket(%s::bigint, coalesce(marks, '{}')) AS mark WHERE id = %s
"""
MARK = "UPDATE sync_walk SET marks = coalesce(marks, '{}') || %s::bigint[], marked_at = served_at WHERE id = %s"


@dataclass(frozen=True, slots=True)
class End:
    """Where a page ends."""

    page: int
    at: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How many records lived up to the end of a stretch."""

    stretch: int
    lived: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside a page: its mark and the last there is, the end of a page before it, and of one not before."""

    mark: Mark
    last: Mark
    before: End
    behind: End


def find(walk: Walk, schema: EntitySchema, page: int, first: End) -> None:
    """Find the range of a page, and those of some more where the one before is known, and keep them for good."""
    known = beside(walk, page, first)
    while known.mark == known.last and known.last.stretch < stretches(walk):
        mark(walk, schema, known.last, rank(walk, page))
        known = beside(walk, page, first)
    found = replica.read(partial(bounds, walk, schema, page, known), epoch=walk.epoch, lsn=walk.log_position)
    WalkBlock.objects.bulk_create(
        WalkBlock(walk=walk, number=-page - place, boundaries=pair) for place, pair in enumerate(pairwise(found))
    )


def beside(walk: Walk, page: int, first: End) -> Beside:
    """Return what is known beside a page, where the pages up to the first end are."""
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, [page, page, rank(walk, page), walk.pk])
        *marks, before, behind = cursor.fetchone()
    pages = -(-walk.total // walk.per_page)
    return Beside(
        Mark(*marks[:2]), Mark(*marks[2:]), End(*before) if before else first, End(*(behind or [pages, walk.highest]))
    )


def bounds(walk: Walk, schema: EntitySchema, page: int, known: Beside, *, using: str) -> list[int]:
    """Return where a page begins and ends, and where those after it do as far as they are wanted."""
    before, behind = known.before, known.behind
    after, passed = before.at, before.page * walk.per_page
    if known.mark.lived > passed:
        after, passed = max(after, known.mark.stretch * width(walk)), known.mark.lived
    read = partial(reading.boundaries, schema, using=using)
    if skipped := rank(walk, page) - passed:
        skipped_to = read(Span(min(after, behind.at), behind.at, walk.opened_at), size=skipped, pages=1)
        (after,) = skipped_to or [behind.at]
    after = min(after, behind.at)
    wanted = min(behind.page - page + 1, GOING_ON if before.page == page - 1 else 1)
    ends = read(Span(after, behind.at, walk.opened_at), size=walk.per_page, pages=wanted)
    if len(ends) < wanted or page + wanted - 1 == behind.page:
        ends = [*ends[: wanted - 1], behind.at]
    return [after, *ends]


def mark(walk: Walk, schema: EntitySchema, last: Mark, wanted: int) -> None:
    """Count on from the last mark, to twice as far as so many records are likely to reach."""
    begin = last.stretch * width(walk)
    count = max(last.stretch, 2 * stretches(walk) * wanted // walk.total - last.stretch) + 1
    span = Span(begin, min(begin + count * width(walk), walk.highest), walk.opened_at)
    asked = Stretches(span, width(walk), Place(walk.epoch, walk.opened_before))
    counts = replica.read(partial(lived, schema, asked), epoch=walk.epoch, lsn=walk.log_position)
    with connection.cursor() as cursor:
        cursor.execute(MARK, [[last.lived + count for count in counts], walk.pk])


def rank(walk: Walk, page: int) -> int:
    """Return how many records a walk has before a page."""
    return (page - 1) * walk.per_page


def width(walk: Walk) -> int:
    """Return how many identities a stretch has."""
    return -(-walk.highest // (walk.total // STRETCH + 1))


def stretches(walk: Walk) -> int:
    return -(-walk.highest // width(walk))
