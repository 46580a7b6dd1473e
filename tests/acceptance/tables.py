"""What the database of a stack holds, read past the service."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.acceptance.local_stack import LocalStack

DELIVERIES = """
    SELECT id, state, outcome, process_id, record_key, method, body, previous, reason, tries, crashes
    FROM sync_delivery WHERE process_id = ANY(%s) ORDER BY id
"""
WAITING = "SELECT count(*) FROM sync_delivery WHERE process_id = ANY(%s) AND state IN ('accepted', 'retrying')"
SITUATION = (
    "SELECT state, count(*), count(*) FILTER (WHERE runnable_at <= now()) AS due FROM sync_delivery GROUP BY state",
    "SELECT * FROM sync_attempt",
    """SELECT pid, state, wait_event, now() - xact_start, now() - state_change, left(query, 80) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()""",
)
PARTITIONS = """
    SELECT substring(relname FROM '\\d+$')::bigint FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'sync_delivery'::regclass ORDER BY 1
"""
FILL = "SELECT setval(pg_get_serial_sequence('sync_delivery', 'id'), greatest(%s, nextval(pg_get_serial_sequence('sync_delivery', 'id'))))"
RECEIVED = "SELECT (SELECT count(*) FROM sync_delivery) + (SELECT coalesce(sum(deliveries), 0) FROM sync_ledger)"
AGE = "UPDATE sync_delivery SET accepted_at = accepted_at - make_interval(days => %s) WHERE id < %s"
RECORDS = "SELECT sku, price::int, deleted_at IS NULL FROM entities_product WHERE sku = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Stored:
    """A delivery as it is stored."""

    id: int
    state: str
    outcome: str | None
    process_id: str
    key: str
    method: str
    body: bytes
    previous: dict[str, Any] | None
    reason: str
    tries: int
    crashes: int

    @property
    def value(self) -> int:
        value: int = json.loads(self.body)["price"]
        return value


@contextmanager
def database(stack: LocalStack) -> Iterator[psycopg.Connection]:
    """Connect with a limit on every statement, outside of any transaction."""
    options = "-c statement_timeout=30s -c default_transaction_read_only=off"
    with psycopg.connect(stack.database_url, autocommit=True, connect_timeout=5, options=options) as connection:
        yield connection


def deliveries(stack: LocalStack, process_ids: Sequence[str]) -> list[Stored]:
    with database(stack) as connection:
        return [Stored(*row) for row in connection.execute(DELIVERIES, [list(process_ids)])]


def waiting(stack: LocalStack, process_ids: Sequence[str]) -> int | None:
    """Return how many deliveries wait to be applied, None while the database does not answer."""
    try:
        with database(stack) as connection:
            (count,) = connection.execute(WAITING, [list(process_ids)]).fetchone() or (None,)
            return count
    except psycopg.OperationalError:
        return None


def values(stack: LocalStack, keys: Sequence[str]) -> dict[str, int]:
    """Return the values of the live records of these keys."""
    with database(stack) as connection:
        rows = connection.execute(RECORDS, [list(keys)]).fetchall()
    return {key: value for key, value, lives in rows if lives}


def situation(stack: LocalStack) -> str:
    """Return what may explain why nothing goes on: deliveries by state, open attempts, connections."""
    with database(stack) as connection:
        return "\n".join(str(row) for sql in SITUATION for row in connection.execute(sql))


def partitions(stack: LocalStack) -> list[int]:
    """Return from which numbers on the partitions of the journal were made."""
    with database(stack) as connection:
        return [first for (first,) in connection.execute(PARTITIONS)]


def fill_partitions(stack: LocalStack) -> None:
    """Have the next delivery be the first of the last partition, where half a million numbers fill the first."""
    with database(stack) as connection:
        connection.execute(FILL, [max(500_000, partitions(stack)[-1])])


def received(stack: LocalStack) -> int:
    """Return how many deliveries are there, and have been."""
    with database(stack) as connection:
        (count,) = connection.execute(RECEIVED).fetchone() or (0,)
    return int(count)


def age(stack: LocalStack, *, days: int, before: int) -> None:
    """Have deliveries come so much earlier."""
    with database(stack) as connection:
        connection.execute(AGE, [days, before])
