"""How PostgreSQL would run a statement, told apart from the few rows that a test has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet


def plan_of(sql: str, parameters: Any = None, how: Sequence[str] = ("COSTS OFF",), *, is_free: bool = False) -> str:
    """Return the plan of a statement: a table is read whole in it only where no index serves, or PostgreSQL is free."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_free:  # An index full of the dead rows of other tests looks dear.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN ({', '.join(how)}) {sql}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def plan_of_rows(rows: QuerySet[Any]) -> str:
    """Return the plan of what a query set asks for."""
    return plan_of(*rows.query.sql_with_params())
