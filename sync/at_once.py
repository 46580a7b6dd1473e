"""The usual writes, in one round trip for all that this process has in hand at the moment.

What locks their records and what stores them are sent together; without a transaction around it the server makes one
of that, and commits at its end. The statement looks and stores. It stores nothing of a write where something is in the
way: somebody else at work on its record, an earlier write that this one may repeat, work that waits, a key that lives.
That write then goes the long way, as `intake` describes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from connector.edge.envelope import LOST, OF_CONNECTION, sqlstate
from connector.edge.postgresql.exchange import exchange
from entities import folding
from entities.entity import OnConflict
from entities.schema import EntitySchema
from sync import floors, guard, hooks, journal
from sync.command import Command
from sync.models.delivery import Method, Outcome
from sync.together import Together
from sync.write import Write

# Nobody waits for the lock of another's record. What is locked is told in a setting of the transaction, because the
# second statement must not look before all locks are taken, and must know which.
# The plan of the second statement is made once for a connection, perhaps while a table is small: it must not read all.
LOCK = """
    SELECT set_config('enable_seqscan', 'off', true),
           set_config('connector.locked', coalesce(string_agg(number::text, ','), ''), true)
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
OF_ASKED = "JOIN asked USING (record_hash)"
Row = dict[str, Any]
SMALL = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery to be stored, and what it writes of its record."""

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


def settle(command: Command) -> tuple[int, Outcome] | None:
    """Write a record and store its delivery; return its number and what it did, None when nothing is stored."""
    if command.write.method not in SETTLING or not may_be_settled(command):
        return None
    outcome, asked = SETTLING[command.write.method]
    row = journal.row(command.write, command.record_key, journal.applied(outcome, command.ignored))
    number = asked(command, row)
    return (number, outcome) if number else None


def create(command: Command, row: Row) -> int | None:
    record = folding.new_record(command.schema, command.reading.values, command.reading.extra)
    return creating(command.schema).ask(row["record_hash"], Settled(row, record))


def update(command: Command, row: Row) -> int | None:
    schema, reading = command.schema, command.reading
    changes = folding.changes(schema, reading.values, reading.extra)
    key = schema.key.field
    record = {schema.key.column: folding.in_json(key, command.key), **changes}
    return updating(schema, tuple(sorted(changes))).ask(row["record_hash"], Settled(row, record)) if changes else None


SETTLING = {Method.POST: (Outcome.CREATED, create), Method.PUT: (Outcome.UPDATED, update)}


def may_be_settled(command: Command) -> bool:
    """Tell whether one statement can write the record: nobody listens, and nothing else is to be looked at."""
    schema = command.schema
    if schema.has_rules or schema.enforced or hooks.is_heard(schema) or not may_be_together(command.write):
        return False
    return command.write.method != Method.POST or schema.declaration.on_conflict == OnConflict.CONFLICT


def may_be_together(write: Write) -> bool:
    """Tell whether one statement can store this write beside others: it asks of one record alone, and is small.

    A change of ours is rarer, and is pushed besides; a delete is counted.
    """
    return not (write.idempotency_key or write.is_local or guard.counts(write)) and len(write.body) <= SMALL


@cache
def creating(schema: EntitySchema) -> Together[Settled, int]:
    return Together(partial(settle_all, folding.insert_sql(schema, "record_hash bigint", "number", OF_ASKED), {}))


@lru_cache(maxsize=256)  # A client may send any set of columns; one that was dropped is made again.
def updating(schema: EntitySchema, columns: tuple[str, ...]) -> Together[Settled, int]:
    written = folding.update_sql(schema, columns, "record_hash bigint", "asked.number", OF_ASKED)
    return Together(partial(settle_all, written, {"previous": "written.previous::jsonb"}))


def settle_all(written: str, given: Mapping[str, str], settled: Sequence[Settled]) -> list[int | None]:
    """Write records by a statement that tells the number of each delivery first, and store the deliveries."""
    rows = [one.delivery for one in settled]
    records = [{"record_hash": one.delivery["record_hash"], **one.record} for one in settled]
    stored = journal.insertion(
        {"id": None, **rows[0]},
        "FROM asked JOIN written ON asked.number = written.number",
        **{"id": "asked.number", **GIVEN, **given},
    )
    # Without the OFFSET it would be a join, and read all that waits of every record.
    sql = f"""
        WITH asked AS MATERIALIZED (
            SELECT {journal.NEXT} AS number, * FROM {ASKED}
            WHERE {IS_NEW} AND NOT EXISTS ({journal.unapplied_of(*RECORD)} OFFSET 0)
        ), written(number{", previous" if given else ""}) AS ({written}) {stored}
    """  # noqa: S608 (every name is a model's, quoted, or ours)
    hours = settings.CONNECTOR_REPEAT_HOURS
    return run(rows, sql, [asked(rows), hours, journal.encode(records).decode(), *common(rows, given)])


def common(rows: Sequence[Row], given: Mapping[str, str] | None = None) -> list[Any]:
    """Return the values of the columns that all of these deliveries have in common, unless they are given."""
    return [value for name, value in rows[0].items() if name not in DIFFERING and name not in (given or ())]


def asked(rows: Sequence[Row]) -> str:
    """Return the values of the other columns, as `ASKED` takes them."""
    return journal.encode([{name: in_json(row[name]) for name in DIFFERING} for row in rows]).decode()


def in_json(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def run(rows: Sequence[Row], sql: str, parameters: list[Any]) -> list[int | None]:
    """Return the numbers under which deliveries were stored, None for each that was not."""
    hashes = [row["record_hash"] for row in rows]
    sql = floors.raised(f"{sql} RETURNING sync_delivery.record_hash, sync_delivery.id")
    try:
        found = exchange(connection, (LOCK, [f"{{{','.join(map(str, hashes))}}}"]), (sql, parameters))
    except DatabaseError as exc:
        if (sqlstate(exc) or LOST).startswith(OF_CONNECTION):  # It may have been committed.
            raise
        return [None] * len(rows)  # One of them spoils the others; the long way tells which.
    stored = {int(record_hash or 0): int(number or 0) for record_hash, number in found}
    return [stored.get(record_hash) for record_hash in hashes]
