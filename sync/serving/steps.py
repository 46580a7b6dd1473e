"""A step of a walk in one round trip: the walk is marked as being there, its range looked up, its records read.

A range is known when the block that has its boundaries is (`blocks.py`), or the page was found alone (`jumps.py`);
where it is not, nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections

from connector.edge.postgresql.exchange import Statement, Value, exchange
from entities import reading
from entities.reading import Span
from entities.schema import EntitySchema
from sync.serving import blocks

# Plans are made once for a connection, perhaps while a table is small, and know of no range how many records it has.
PLANNED = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),"
    " set_config('jit', 'off', true){}"
)
# What is lost with a crash is what page was served last, and a cursor says by itself where it goes on.
NO_WAIT = "set_config('synchronous_commit', 'off', true)"
IS_BEYOND = "(asked.page - 1) * walk.per_page >= walk.total"
# Whoever stops at Total must have all: a record that committed late may have pushed another off the last page.
IS_LAST = "asked.page * walk.per_page >= walk.total"
# After a jump a page may be known alone, and no block have it.
ALONE = "SELECT boundaries FROM sync_walkblock WHERE walk_id = walk.id AND number = -asked.page"
# A page whose range is not known is asked for again, and waits for the disk then.
UNKNOWN = f"left({NO_WAIT}, 0)"
# The boundary that a block does not have is where the walk ends.
STEP = f"""
    WITH asked AS MATERIALIZED (
        SELECT %s::bigint AS page, %s::int AS block, %s::int AS place, %s::int AS before
    ), walk AS (
        UPDATE sync_walk SET last_page = (SELECT page FROM asked), served_at = statement_timestamp(),
            marked_at = CASE WHEN marked_at IS NOT NULL THEN statement_timestamp() END
        WHERE id = ({{chosen}}) RETURNING *
    ), step AS MATERIALIZED (
        SELECT walk.*,
            CASE WHEN {IS_BEYOND} THEN walk.highest
                 WHEN alone IS NOT NULL THEN alone[1]
                 WHEN place > 0 THEN coalesce(own.boundaries[place], walk.highest)
                 WHEN block > 0 THEN coalesce(earlier.boundaries[before], walk.highest)
                 ELSE 0 END AS after,
            CASE WHEN {IS_BEYOND} THEN walk.highest
                 WHEN own.id IS NULL AND alone IS NULL THEN NULL
                 WHEN {IS_LAST} THEN walk.highest
                 WHEN alone IS NOT NULL THEN alone[2]
                 ELSE coalesce(own.boundaries[place + 1], walk.highest) END AS until
        FROM asked, walk
            CROSS JOIN LATERAL (SELECT CASE WHEN marked_at IS NOT NULL THEN ({ALONE}) END AS alone) AS jumped
            LEFT JOIN sync_walkblock AS own ON own.walk_id = walk.id AND own.number = (SELECT block FROM asked)
            LEFT JOIN sync_walkblock AS earlier
                ON earlier.walk_id = walk.id AND earlier.number = (SELECT block - 1 FROM asked)
    )
    SELECT json_build_array(
        id, epoch, per_page, total, highest, opened_at, opened_before, log_position, after, until, marked_at IS NOT NULL
    )::text, CASE WHEN until IS NULL THEN {UNKNOWN} ELSE {{records}} END FROM step
"""  # noqa: S608 (all of it is ours)
# In an order that an index has: else they would be sorted, and read by any that has their identity.
RECORDS = "(SELECT string_agg(item, ',') FROM ({} ORDER BY id) AS records)"
BOUNDS = ("step.after", "step.until", "step.opened_at")


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A walk, and the range of the page that it serves now; it has no end where that is not known yet."""

    walk: int
    epoch: int
    per_page: int
    total: int
    highest: int
    opened_at: datetime
    opened_before: int
    log_position: str
    after: int
    until: int | None
    is_marked: bool

    @property
    def is_last(self) -> bool:
        return self.until in (None, self.highest)

    @property
    def span(self) -> Span:
        return Span(self.after, self.after if self.until is None else self.until, self.opened_at)


@dataclass(frozen=True, slots=True)
class Choice:
    """How the walk is found that a request belongs to, and whether its page must be remembered for that."""

    sql: str
    parameters: Sequence[Value]
    is_durable: bool = False


decode = msgspec.json.Decoder(Step).decode


def take(
    choice: Choice, page: int, schema: EntitySchema | None, finding: Sequence[Statement] = ()
) -> tuple[Step, bytes] | None:
    """Take a step of the walk that is chosen, and return it with the records of a schema; None where there is none.

    Statements that find its range go before it, and what they find is waited for to be on the disk.
    """
    planned = PLANNED.format("" if choice.is_durable or finding else f", {NO_WAIT}")
    parameters = [page, *blocks.place_of(page), blocks.pages_before(page), *choice.parameters]
    rows = exchange(connections[DEFAULT_DB_ALIAS], (planned, []), *finding, (step_sql(choice.sql, schema), parameters))
    if not rows:
        return None
    ((step, records),) = rows
    return decode(step or b""), records or b""


@cache
def step_sql(chosen: str, schema: EntitySchema | None) -> str:
    """Return the statement of a step: of one row, the step and the records, as JSON with commas between them."""
    records = RECORDS.format(reading.span_sql(schema, *BOUNDS)) if schema else "NULL"
    return STEP.format(chosen=chosen, records=records)
