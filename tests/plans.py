"""How PostgreSQL would run a statement, told apart from the few rows that a test has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection, transaction
from django.db.models import QuerySet

from connector.edge.postgresql import exchange

VERBS = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"}
AS_BEFORE = "SELECT set_config(name, 'on', true) FROM unnest(ARRAY['enable_seqscan', 'enable_sort']) AS name"


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


@contextmanager
def plans_of_all(tables: Collection[str]) -> Iterator[dict[str, str]]:
    """Note, by statement, how PostgreSQL itself would run each that a block asks of one of these tables."""
    plans: dict[str, str] = {}

    def note(sql: str, parameters: Any) -> None:
        if sql.split(None, 1)[0].upper() in VERBS and any(table in sql for table in tables) and sql not in plans:
            plans[sql] = plan_of(sql, parameters, is_free=True)

    def ask(execute: Any, sql: str, parameters: Any, *rest: Any) -> Any:
        note(sql, parameters)
        return execute(sql, parameters, *rest)

    def send(wire: Any, statements: Sequence[exchange.Statement]) -> list[Any]:
        """Send statements one by one; they end with a transaction elsewhere, which would undo what they have set."""
        results = []
        for sql, values in statements:
            note(sql, values)
            results += run(wire, [(sql, values)])
        run(wire, [(AS_BEFORE, [])])
        return results

    run = exchange.run
    with mock.patch.object(exchange, "run", send), connection.execute_wrapper(ask):
        yield plans
