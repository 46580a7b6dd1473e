"""The usual writes, in one round trip for all that this process has in hand at the moment.

What locks their records and what stores them are sent together; without a transaction around it the server makes one
of that, and commits at its end. The statement looks and stores. It stores nothing of a write where something is in the
way: somebody else at work on its record, an earlier write that this one may repeat, work that waits, a key that lives.
That write then goes the long way, as `intake` describes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from connector.edge.envelope import LOST, OF_CONNECTION, sqlstate
from connector.edge.postgresql.base import pipelined
from entities import folding
from entities.entity import OnConflict
from entities.schema import EntitySchema
from sync import guard, hooks, journal
from sync.command import Command
from sync.models.delivery import Method, Outcome
from sync.together import Together
from sync.write import Write

# Nobody waits for the lock of another's record. What is locked is told in a setting of the transaction, because the
# second statement must not look before all locks are taken, and must know which.
LOCK = """
    SELECT set_config('connector.locked', coalesce(string_agg(number::text, ','), ''), true)
    FROM unnest(%s::bigint[]) AS asked(number) WHERE pg_try_advisory_xact_lock(number)
"""
IS_LOCKED = "asked.record_hash = ANY(string_to_array(current_setting('connector.locked'), ',')::bigint[])"
RECORD = ("asked.record_hash", "asked.entity", "asked.record_key")
IS_NEW = f"""
    {IS_LOCKED} AND (asked.process_id = '' OR NOT EXISTS (
        SELECT FROM ({journal.newest_of(*RECORD)}) AS earlier WHERE earlier.digest = asked.digest
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
ASKED = f"json_to_recordset(%s::json) AS asked({', '.join(map(' '.join, DIFFERING.items()))})"
GIVEN = {name: f"asked.{name}" for name in DIFFERING} | {"ignored": "asked.ignored::jsonb"}
Row = dict[str, Any]
SMALL = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class New:
    """A delivery to be stored, and the record that it creates."""

    delivery: Row
    record: Row


def accept(write: Write, record_key: str) -> int | None:
    """Store a write for a worker to apply; return its number, None when nothing is stored."""
    if not may_be_together(write):
        return None
    row = journal.row(write, record_key, journal.accepted())
    return accepting.ask(row["record_hash"], row)


def accept_all(rows: Sequence[Row]) -> list[int | None]:
    sql = journal.insertion(rows[0], f"FROM {ASKED} WHERE {IS_NEW}", **GIVEN)
    return run(rows, sql, [*common(rows), asked(rows), settings.CONNECTOR_REPEAT_HOURS])


accepting = Together(accept_all)


def create(command: Command) -> int | None:
    """Insert a record and store its delivery; return its number, None when nothing is stored."""
    if not may_create(command):
        return None
    applied = journal.applied(Outcome.CREATED, command.ignored)
    row = journal.row(command.write, command.record_key, applied)
    record = folding.new_record(command.schema, command.reading.values, command.reading.extra)
    return creating(command.schema).ask(row["record_hash"], New(row, record))


def may_create(command: Command) -> bool:
    """Tell whether one statement can create the record: nobody listens, and nothing else is to be looked at."""
    schema, write = command.schema, command.write
    if schema.has_rules or schema.enforced or hooks.is_heard(schema) or not may_be_together(write):
        return False
    return write.method == Method.POST and schema.declaration.on_conflict == OnConflict.CONFLICT


def may_be_together(write: Write) -> bool:
    """Tell whether one statement can store this write beside others: it asks of one record alone, and is small.

    A change of ours is rarer, and is pushed besides; a delete is counted.
    """
    return not (write.idempotency_key or write.is_local or guard.counts(write)) and len(write.body) <= SMALL


def create_all(schema: EntitySchema, news: Sequence[New]) -> list[int | None]:
    rows = [new.delivery for new in news]
    records = [{"record_hash": new.delivery["record_hash"], **new.record} for new in news]
    inserted = folding.insert_sql(schema, "record_hash bigint", "number", "JOIN asked USING (record_hash)")
    stored = journal.insertion(
        {"id": None, **rows[0]}, "FROM asked JOIN written ON number = last_delivery", id="number", **GIVEN
    )
    # Without the OFFSET it would be a join, and read all that waits of every record.
    sql = f"""
        WITH asked AS MATERIALIZED (
            SELECT {journal.NEXT} AS number, * FROM {ASKED}
            WHERE {IS_NEW} AND NOT EXISTS ({journal.unapplied_of(*RECORD)} OFFSET 0)
        ), written AS ({inserted}) {stored}
    """  # noqa: S608 (every name is a model's, quoted, or ours)
    hours = settings.CONNECTOR_REPEAT_HOURS
    return run(rows, sql, [asked(rows), hours, journal.encode(records).decode(), *common(rows)])


@cache
def creating(schema: EntitySchema) -> Together[New, int]:
    return Together(partial(create_all, schema))


def common(rows: Sequence[Row]) -> list[Any]:
    """Return the values of the columns that all of these deliveries have in common."""
    return [value for name, value in rows[0].items() if name not in DIFFERING]


def asked(rows: Sequence[Row]) -> str:
    """Return the values of the other columns, as `ASKED` takes them."""
    return journal.encode([{name: in_json(row[name]) for name in DIFFERING} for row in rows]).decode()


def in_json(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def run(rows: Sequence[Row], sql: str, parameters: list[Any]) -> list[int | None]:
    """Return the numbers under which deliveries were stored, None for each that was not."""
    hashes = [row["record_hash"] for row in rows]
    sql = f"{sql} RETURNING sync_delivery.record_hash, sync_delivery.id"
    try:
        with connection.cursor() as first, connection.cursor() as second:
            with pipelined(connection):
                first.execute(LOCK, [f"{{{','.join(map(str, hashes))}}}"])
                second.execute(sql, parameters)
            stored = dict(second.fetchall())
    except DatabaseError as exc:
        if (sqlstate(exc) or LOST).startswith(OF_CONNECTION):  # It may have been committed.
            raise
        return [None] * len(rows)  # One of them spoils the others; the long way tells which.
    return [stored.get(record_hash) for record_hash in hashes]
