"""Statements that are sent together and prepared by themselves, with nothing between them and libpq.

This is for what most requests do: two cursors of Django in a pipeline of psycopg's take three times the CPU, and give
way to other threads six times, each of which is to be waited for.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

from psycopg import DataError, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from connector.edge.postgresql.base import DurableConnection, as_one

Value = str | int | bool | bytes | None
Statement = tuple[str, Sequence[Value]]
AT_MOST = 100  # are prepared on a connection
FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE)


def exchange(connection: Any, *statements: Statement) -> list[tuple[bytes | None, ...]]:
    """Run statements in one round trip, outside a transaction as one; return the rows of the last, as text.

    Parameters are written as Django's, `%s`, and have the types that the server reads from the statement.

    Raises:
        django.db.DatabaseError: none of them has had an effect, unless the connection was lost.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.queries_logged:
        connection.queries_log.extend({"sql": sql, "time": "0"} for sql, _ in statements)
    with as_one(connection):
        results = run(connection.connection, statements)
    last = results[-1]
    return [tuple(last.get_value(row, column) for column in range(last.nfields)) for row in range(last.ntuples)]


def run(connection: DurableConnection, statements: Sequence[Statement]) -> list[PGresult]:
    wire = connection.pgconn
    sending = [send(connection, sql, [text_of(value) for value in values]) for sql, values in statements]
    wire.enter_pipeline_mode()
    for send_now in sending:
        send_now()
    wire.pipeline_sync()
    results = answers(wire)
    wire.exit_pipeline_mode()
    for result in results:
        check(wire, result)
    return results


def check(wire: PGconn, result: PGresult | None) -> None:
    """Raise what went wrong; what is told of a connection that is no more has no code."""
    if wire.status == ConnStatus.BAD:
        raise OperationalError("the connection is lost")
    if result is not None and result.status in FAILED:
        raise error_from_result(result)


def send(connection: DurableConnection, sql: str, values: list[bytes | None]) -> Callable[[], None]:
    """Return what sends a statement: by its name, unless a pooler would not know it (`DATABASE_PREPARE`)."""
    is_full = len(connection.statements) >= AT_MOST and sql not in connection.statements
    if connection.prepare_threshold is None or is_full:
        return partial(connection.pgconn.send_query_params, numbered(sql).encode(), values)
    return partial(connection.pgconn.send_query_prepared, prepared(connection, sql), values)


def prepared(connection: DurableConnection, sql: str) -> bytes:
    """Return the name of a statement on a connection; it is prepared when it is first asked for."""
    name = connection.statements.get(sql)
    if name is None:
        name = f"connector_{next(connection.numbers)}".encode()
        check(connection.pgconn, connection.pgconn.prepare(name, numbered(sql).encode()))
        connection.statements[sql] = name
    return name


def numbered(sql: str) -> str:
    """Return a statement with its parameters as PostgreSQL names them, `$1` and so on."""
    first, *others = sql.split("%s")
    return first + "".join(f"${number}{text}" for number, text in zip(count(1), others, strict=False))


def text_of(value: Value) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    text = str(value).encode()
    if b"\0" in text:  # libpq would take what comes before it.
        raise DataError("a text with NUL")
    return text


def answers(wire: PGconn) -> list[PGresult]:
    """Send what is not sent yet, and return what came for each statement."""
    poll = select.poll()
    while wire.flush():
        poll.register(wire.socket, select.POLLIN | select.POLLOUT)
        poll.poll()
        wire.consume_input()
    poll.register(wire.socket, select.POLLIN)
    results: list[PGresult] = []
    while not (results and results[-1].status == ExecStatus.PIPELINE_SYNC):
        while wire.is_busy():
            poll.poll()
            wire.consume_input()
        if result := wire.get_result():
            results.append(result)
        else:
            check(wire, None)
    return results[:-1]
