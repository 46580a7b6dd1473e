"""The few values that a text field has, as the planner's statistics know them: no row is read to offer a filter."""

from __future__ import annotations

from threading import Lock

from cachetools import TTLCache, cached
from django.db import connection

from entities.admin.columns import is_short
from entities.schema import EntitySchema

MOST_VALUES = 20
MOST_FILTERS = 4
KEPT_SECONDS = 60

STATISTICS = """
    SELECT attname, most_common_vals::text::text[] FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = %s AND attname = ANY(%s) AND n_distinct BETWEEN 2 AND %s
"""
Values = dict[str, list[str]]


@cached(TTLCache[EntitySchema, Values](maxsize=1000, ttl=KEPT_SECONDS), lock=Lock())
def frequent_values(schema: EntitySchema) -> Values:
    """Return the values of up to four fields that have 2 to 20 of them, by column; none before the first ANALYZE."""
    columns = [leaf.column or "" for leaf in schema.leaves.values() if leaf.type == "text" and is_short(schema, leaf)]
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [schema.table, columns, MOST_VALUES])
        found = {column: sorted(values or []) for column, values in cursor.fetchall()}
    few = [column for column in columns if found.get(column)][:MOST_FILTERS]
    return {column: found[column] for column in few}


def forget_values() -> None:
    frequent_values.cache_clear()
