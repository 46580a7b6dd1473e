"""Statements that are sent together, next to libpq."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from connector.edge.postgresql.exchange import exchange

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "autonomous"])


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE exchanged (name text UNIQUE)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE exchanged")


@pytest.fixture(params=[True, False], ids=["prepared", "through a pooler that keeps no statements"])
def _preparing(request: pytest.FixtureRequest) -> Iterator[None]:
    connection.ensure_connection()
    connection.connection.prepare_threshold = 2 if request.param else None
    yield
    connection.close()


INSERT = "INSERT INTO exchanged VALUES (%s)"


def names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM exchanged ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.usefixtures("_preparing")
def test_rows_of_the_last_statement_are_returned() -> None:
    for name in ("a", "b"):  # The second time it is known on the connection.
        found = exchange(connection, (INSERT, [name]), ("SELECT name, NULL, %s::int FROM exchanged", [7]))
        assert sorted(found) == [(known.encode(), None, b"7") for known in names()]


@pytest.mark.usefixtures("_preparing")
def test_nothing_is_kept_when_one_statement_is_refused() -> None:
    with pytest.raises(IntegrityError):
        exchange(connection, (INSERT, ["a"]), (INSERT, ["a"]))
    assert names() == []
    exchange(connection, (INSERT, ["a"]))
    assert names() == ["a"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("Größe", "Größe"), (7, "7"), (True, "True"), (b"\x00\xff", "\\x00ff"), (None, None)],
    ids=["text", "number", "truth", "bytes", "nothing"],
)
def test_value_arrives_as_it_was(value: str | int | bool | bytes | None, kept: str | None) -> None:  # noqa: FBT001
    exchange(connection, (INSERT, [value]))
    assert names() == [kept]


def test_text_with_nul_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError):
        exchange(connection, (INSERT, ["a\0b"]))
    assert names() == []


def test_more_than_fits_into_the_socket_is_stored_whole() -> None:
    exchange(connection, ("INSERT INTO exchanged VALUES (md5(%s))", ["y" * 20_000_000]))
    assert names() == [hashlib.md5(b"y" * 20_000_000).hexdigest()]  # noqa: S324


def test_connection_that_was_lost_is_an_outage_and_replaced() -> None:
    connection.ensure_connection()
    connection.health_check_done = True
    with connections["autonomous"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        exchange(connection, (INSERT, ["a"]))
    exchange(connection, (INSERT, ["b"]))
    assert names() == ["b"]


def test_connection_that_ends_in_the_middle_is_an_outage() -> None:
    with pytest.raises(OperationalError):
        exchange(connection, (INSERT, ["a"]), ("SELECT pg_terminate_backend(pg_backend_pid(), 10000)", []))
    assert names() == []


def test_statements_are_among_those_that_are_logged() -> None:
    with CaptureQueriesContext(connection) as queries:
        exchange(connection, ("SELECT 1", []), ("SELECT 2", []))
    assert [query["sql"] for query in queries] == ["SELECT 1", "SELECT 2"]
