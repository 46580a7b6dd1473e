"""Pages far from all that a walk has found: each is found alone, from the nearest place whose number is known.

Such places are marks: how many records lived up to the end of each stretch of identities, as it was counted in indexes
when a reader first jumped so far. What lies between two pages that were found belongs to the pages between them, so
marks say where a page begins, and never what a walk has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial

from django.db import DEFAULT_DB_ALIAS, connection, connections

from connector.edge.postgresql.exchange import Statement, exchange
from entities import reading
from entities.changes import Place
from entities.reading import Span
from entities.schema import EntitySchema
from entities.stretches import Stretches, lived
from sync.models import Walk
from sync.serving import blocks, replica
from sync.serving.blocks import Newest

STRETCH = 1_000  # records, as many as a page is looked for among
GOING_ON = 100  # pages are found at once where the one before is known
LOCK = "SELECT id FROM sync_walk WHERE id = %s FOR UPDATE"
MARKS = """
    SELECT marked_after, width, cardinality(marks), marks[cardinality(marks)] FROM sync_walk
    WHERE id = %s AND marks IS NOT NULL
"""
MARK = """
    UPDATE sync_walk SET marked_after = %s, width = %s, marks = coalesce(marks, '{}') || %s::bigint[],
        marked_at = served_at
    WHERE id = %s
"""
# Where the marks do not reach nothing is found: one that is counted later would not have what was deleted by then of a
# page behind them. Nor is a page that another has found meanwhile: from where it would end by now the next would begin,
# and not where it ends. The page before the next that is known ends where that begins.
FIND = """
    WITH RECURSIVE asked AS MATERIALIZED (
        SELECT *, (page - 1) * per_page AS passed, width_bucket((page - 1) * per_page, marks) AS mark
        FROM sync_walk AS walk, (SELECT %s::bigint AS page, %s::int AS block, %s::int AS going_on) AS asked,
            LATERAL (SELECT (total + per_page - 1) / per_page AS pages) AS whole,
            LATERAL (SELECT CASE WHEN marked_after + cardinality(marks) * width >= highest THEN pages
                                 ELSE marks[cardinality(marks)] / per_page END AS reached) AS marked
        WHERE id = %s AND reached >= page
            AND NOT EXISTS (SELECT FROM sync_walkblock WHERE walk_id = walk.id AND number = -page)
    ), before AS MATERIALIZED (
        SELECT page, at FROM (
            (SELECT -number AS page, boundaries[2] AS at FROM sync_walkblock WHERE walk_id = (SELECT id FROM asked)
                AND number < 0 AND number > -(SELECT page FROM asked) ORDER BY number LIMIT 1)
            UNION ALL
            (SELECT number * block + 1, coalesce(boundaries[CASE number WHEN 0 THEN 1 ELSE block END], highest)
             FROM sync_walkblock, asked WHERE walk_id = asked.id AND number >= 0 ORDER BY number DESC LIMIT 1)
            UNION ALL SELECT 0, 0
        ) AS known ORDER BY page DESC LIMIT 1
    ), behind AS MATERIALIZED (
        SELECT page, at FROM (
            (SELECT -number - 1 AS page, boundaries[1] AS at FROM sync_walkblock WHERE walk_id = (SELECT id FROM asked)
                AND number < -(SELECT page FROM asked) ORDER BY number DESC LIMIT 1)
            UNION ALL SELECT pages, highest FROM asked
        ) AS known ORDER BY page LIMIT 1
    ), gap AS MATERIALIZED (
        SELECT id, asked.page, per_page, opened_at, behind.page AS last, behind.at AS until,
            CASE WHEN before.page < asked.page - 1 THEN 1
                 ELSE least(behind.page - asked.page + 1, reached - asked.page + 1, going_on) END AS wanted,
            CASE WHEN marks[mark] > before.page * per_page
                 THEN least(greatest(before.at, marked_after + mark * width), behind.at)
                 ELSE before.at END AS after,
            passed - greatest(before.page * per_page, marks[mark]) AS skipped
        FROM asked, before, behind
    ), ends(place, at) AS (
        SELECT 0, CASE skipped WHEN 0 THEN after ELSE coalesce(({skip}), until) END FROM gap
        UNION ALL
        SELECT place + 1, coalesce(({end}), until) FROM ends, gap
        WHERE place < wanted AND (place = 0 OR at < until)
    ), found AS (
        SELECT place, lag(at) OVER (ORDER BY place) AS after, at FROM ends
    )
    INSERT INTO sync_walkblock (walk_id, number, boundaries)
    SELECT id, 1 - page - place, ARRAY[found.after, CASE page + place - 1 WHEN last THEN until ELSE at END]
    FROM found, gap WHERE place > 0
"""


@dataclass(frozen=True, slots=True)
class Marks:
    """So many marks in stretches of one width after an identity, and how many records lived up to the last."""

    after: int
    width: int
    count: int
    lived: int

    @property
    def end(self) -> int:
        return self.after + self.count * self.width


def find(walk: Walk, schema: EntitySchema, newest: Newest, page: int) -> None:
    """Find the range of a page, and those of some more where the one before is known, and keep them for good."""
    mark(walk, schema, newest, page * walk.per_page)
    exchange(connections[DEFAULT_DB_ALIAS], *finding(walk.pk, schema, page))


def finding(walk: int, schema: EntitySchema, page: int) -> list[Statement]:
    """Return the statements that find a page where the marks reach so far; whoever else finds one is waited for."""
    return [(LOCK, [walk]), (find_sql(schema), [page, blocks.BLOCK, GOING_ON, walk])]


@cache
def find_sql(schema: EntitySchema) -> str:
    """Return the statement that finds a page, from the nearest place before it that is known."""
    skip = reading.nth_sql(schema, "gap.after", "gap.until", "gap.opened_at", "gap.skipped")
    end = reading.nth_sql(schema, "ends.at", "gap.until", "gap.opened_at", "gap.per_page")
    return FIND.format(skip=skip, end=end)


def mark(walk: Walk, schema: EntitySchema, newest: Newest, wanted: int) -> None:
    """Count on from the last mark until one has so many records, to twice as far as they are likely to reach."""
    marks = marks_of(walk, newest)
    while marks.lived < wanted and marks.end < walk.highest:
        more = max(marks.count, 2 * (wanted - marks.lived) // STRETCH) + 1
        span = Span(marks.end, min(marks.end + more * marks.width, walk.highest), walk.opened_at)
        asked = Stretches(span, marks.width, Place(walk.epoch, walk.opened_before))
        counts = replica.read(partial(lived, schema, asked), epoch=walk.epoch, lsn=walk.log_position)
        with connection.cursor() as cursor:
            cursor.execute(MARK, [marks.after, marks.width, [marks.lived + count for count in counts], walk.pk])
        marks = replace(marks, count=marks.count + len(counts), lived=marks.lived + counts[-1])


def marks_of(walk: Walk, newest: Newest) -> Marks:
    """Return the marks of a walk; they begin where its blocks end, since what these have may be deleted by now."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [walk.pk])
        if found := cursor.fetchone():
            return Marks(*found)
    before = newest.last_page * walk.per_page
    stretches = (walk.total - before) // STRETCH + 1
    return Marks(newest.end, -(-(walk.highest - newest.end) // stretches), 0, before)
