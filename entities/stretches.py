"""How many records live in each of many stretches of identities, without reading them: indexes alone are counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from entities.changes import Place
from entities.reading import Span, quote
from entities.schema import EntitySchema

# The table itself is never the cheaper one here, and a plan for changes that must sort them reads all of them.
BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"


@dataclass(frozen=True, slots=True)
class Stretches:
    """A span in stretches of one width; a record that was revived after it began was changed at a place or later."""

    span: Span
    width: int
    changed_from: Place


def lived(schema: EntitySchema, stretches: Stretches, *, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """Return how many records of a span live up to the end of each stretch."""
    span, place = stretches.span, stretches.changed_from
    asked: dict[str, Any] = {
        "after": span.after,
        "until": span.until,
        "created_by": span.created_by,
        "width": stretches.width,
        "epoch": place.epoch,
        "xid": str(place.xid),
    }
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(lived_sql(schema), asked)
        counts: list[int] = cursor.fetchone()[0]
    return counts


@cache
def lived_sql(schema: EntitySchema) -> str:
    """Return the query: all of a stretch, less those marked deleted, less those revived since."""
    table = quote(schema.table)
    rows = f"(SELECT count(*) FROM {table} WHERE id > begin AND id <= least(begin + %(width)s, %(until)s)"  # noqa: S608
    return f"""
        WITH changed AS MATERIALIZED (
            SELECT id, created_at, deleted_at FROM {table}
            WHERE (changed_epoch, changed_in) >= (%(epoch)s, %(xid)s::xid8) ORDER BY changed_epoch, changed_in, id
        ), revived AS MATERIALIZED (
            SELECT (id - 1 - %(after)s) / %(width)s * %(width)s + %(after)s AS begin, count(*) AS count FROM changed
            WHERE id > %(after)s AND id <= %(until)s AND created_at > %(created_by)s AND deleted_at IS NULL
            GROUP BY 1
        ), stretch AS MATERIALIZED (
            SELECT begin, {rows}) - {rows} AND deleted_at IS NOT NULL) - coalesce(revived.count, 0) AS count
            FROM generate_series(%(after)s::bigint, %(until)s - 1, %(width)s) AS begin LEFT JOIN revived USING (begin)
        )
        SELECT coalesce(array_agg(lived ORDER BY begin), '{{}}')
        FROM (SELECT begin, sum(count) OVER (ORDER BY begin)::bigint AS lived FROM stretch) AS summed
    """  # noqa: S608 (every name is a model's, quoted)
