"""The usual writes, in one round trip for all that this process has in hand at the moment.

What locks their records and what stores them are sent together; without a transaction around it the server makes one
of that, and commits at its end. The statement looks and stores. It stores nothing of a write where something is in the
way: somebody else at work on its record, an earlier write that this one may repeat, work that waits, a key that lives.
That write then goes the long way, as `intake` describes it.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from connector.edge.envelope import LOST, OF_CONNECTION, sqlstate
from connector.edge.postgresql.exchange import Statement, exchange
from sync.delivery import asking, guard, journal
from sync.delivery.write import Write
from sync.keeping import floors
from sync.models.delivery import State
from sync.work.together import Together

# Nobody waits for the lock of another's record, nor for long where an insert meets a row that somebody has. What is
# locked is told in a setting of the transaction: the second statement must not look before all locks are taken.
# The plan of the second statement is made once for a connection, perhaps while a table is small: it must not read all.
LOCK = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('lock_timeout', '200ms', true),
           set_config('connector.locked', coalesce(string_agg(number::text, ','), ''), true)
    FROM unnest(%s::bigint[]) AS asked(number) WHERE pg_try_advisory_xact_lock(number)
"""
IS_LOCKED = "asked.record_hash = ANY(string_to_array(current_setting('connector.locked'), ',')::bigint[])"
RECORD = ("asked.record_hash", "asked.entity", "asked.record_key")
IS_NEW = f"""
    {IS_LOCKED} AND (asked.process_id = '' OR NOT EXISTS (
        SELECT FROM ({asking.newest_of(*RECORD)}) AS earlier WHERE earlier.digest = asked.digest
    ))
"""
# The columns in which the deliveries of one call differ; text is not cut to the length of its column.
DIFFERING = {
    "entity": "text",
    "record_key": "text",
    "record_hash": "bigint",
    "lane": "smallint",
    "method": "text",
    "client_id": "bigint",
    "process_id": "text",
    "digest": "bytea",
    "body": "bytea",
    "body_size": "integer",
    "ignored": "text",
    **journal.TRACED,
}
BYTES = [name for name, kind in DIFFERING.items() if kind == "bytea"]
STORED = "RETURNING sync_delivery.record_hash, sync_delivery.id"
ASKED = f"json_to_recordset(%s::json) AS asked({', '.join(map(' '.join, DIFFERING.items()))})"
GIVEN = {name: f"asked.{name}" for name in DIFFERING} | {"ignored": "asked.ignored::jsonb"}
Row = dict[str, Any]
SMALL = 64 * 1024  # bytes


def accept(write: Write, record_key: str) -> int | None:
    """Store a write for a worker to apply; return its number, None when nothing is stored."""
    if guard.counts(write) or not may_be_together(write):
        return None
    row = journal.row(write, record_key, journal.accepted())
    return accepting.ask(row["record_hash"], row)


def accept_all(rows: Sequence[Row]) -> list[int | None]:
    return run(rows, accepting_sql(tuple(rows[0])), [*common(rows), asked(rows), settings.CONNECTOR_REPEAT_HOURS])


@cache
def accepting_sql(columns: tuple[str, ...]) -> str:
    return f"{journal.insertion(columns, State.ACCEPTED, f'FROM {ASKED} WHERE {IS_NEW}', **GIVEN)} {STORED}"


accepting = Together(accept_all)


def may_be_together(write: Write) -> bool:
    """Tell whether one statement can store this write beside others: it asks of one record alone, and is small.

    A change of ours is rarer, and is pushed besides.
    """
    return not (write.idempotency_key or write.is_local) and len(write.body) <= SMALL


def common(rows: Sequence[Row], given: Container[str] = ()) -> list[Any]:
    """Return the values of the columns that all of these deliveries have in common, unless they are given."""
    return [value for name, value in rows[0].items() if name not in DIFFERING and name not in given]


def asked(rows: Sequence[Row]) -> str:
    """Return the values of the other columns, as `ASKED` takes them."""
    return journal.encode([in_json(row) for row in rows]).decode()


def in_json(row: Row) -> Row:
    differing = {name: row[name] for name in DIFFERING}
    return differing | {name: f"\\x{row[name].hex()}" for name in BYTES}


def run(rows: Sequence[Row], sql: str, parameters: list[Any], *before: Statement) -> list[int | None]:
    """Return the numbers under which deliveries were stored, which the statement tells, None for each that was not."""
    hashes = [row["record_hash"] for row in rows]
    locking = (LOCK, [f"{{{','.join(map(str, hashes))}}}"])
    try:
        found = exchange(connections[DEFAULT_DB_ALIAS], *before, locking, (floors.raised(sql), parameters))
    except DatabaseError as exc:
        if (sqlstate(exc) or LOST).startswith(OF_CONNECTION):  # It may have been committed.
            raise
        return [None] * len(rows)  # One of them spoils the others; the long way tells which.
    stored = {int(record_hash or 0): int(number or 0) for record_hash, number in found}
    return [stored.get(record_hash) for record_hash in hashes]
