"""Counting rows of tables that may have millions: exactly up to a bound, then by the planner's estimate."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

COUNTED = 10_000


def count_up_to(most: int, rows: Any) -> int:
    """Count rows, and stop at `most`; annotations and order, which a count does not need, are left out."""
    if not isinstance(rows, QuerySet):
        return min(len(rows), most)
    return rows.order_by().values("pk")[:most].count()


def counted(rows: Any) -> str:
    """Return how many rows there are, exactly up to the bound of the lists."""
    return bounded(count_up_to(COUNTED + 1, rows))


def bounded(found: int) -> str:
    """Return a number that was counted no further than one beyond the bound of the lists."""
    return f"{found:,}" if found <= COUNTED else f"more than {COUNTED:,}"


def estimated_rows(table: str) -> int:
    """Return how many rows PostgreSQL thinks that a table has; -1 when it was never analysed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [f'"{table}"'])
        return int(cursor.fetchone()[0])
