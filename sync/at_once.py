"""The usual write, in one round trip: what locks its record and what stores it are sent together.

One statement looks and stores. It stores nothing where something is in the way: an earlier write that this one may
repeat, work of its record that waits, a key that lives. Then the write goes the long way, as `intake` describes it.
Without a transaction around it the server makes one of what is sent together, and commits at its end.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from connector.edge.postgresql.base import pipelined
from entities import store
from entities.entity import OnConflict
from sync import hooks, journal
from sync.command import Command
from sync.models.delivery import Method, Outcome
from sync.write import Write

Statement = tuple[str, list[Any]]


def accept(write: Write, record_key: str) -> int | None:
    """Store a write for a worker to apply; return its number, None when nothing is stored."""
    columns = journal.row(write, record_key, journal.accepted())
    condition, parameters = unrepeated(write, record_key, columns["digest"])
    return run(write, record_key, journal.insertion(columns, f"WHERE {condition}"), [*columns.values(), *parameters])


def may_create(command: Command) -> bool:
    """Tell whether one statement can create the record: nobody listens, and nothing else is to be looked at."""
    schema = command.schema
    others = schema.has_rules or schema.enforced or hooks.is_heard(schema)
    return command.write.method == Method.POST and schema.declaration.on_conflict == OnConflict.CONFLICT and not others


def create(command: Command) -> int | None:
    """Insert a record and store its delivery; return its number, None when nothing is stored."""
    write, record_key, reading = command.write, command.record_key, command.reading
    columns = journal.row(write, record_key, journal.applied(Outcome.CREATED, command.ignored))
    condition, parameters = unrepeated(write, record_key, columns["digest"])
    sql = f"""
        WITH entered AS MATERIALIZED (
            SELECT {journal.NEXT} AS number WHERE {condition} AND NOT EXISTS ({journal.UNAPPLIED})
        ), written AS ({store.insert_sql(command.schema, "number", "FROM entered")})
        {journal.insertion({"id": None, **columns}, "FROM entered, written", id="number")}
    """
    record = journal.record_of(write, record_key)
    row = store.row_of(command.schema, reading.values, reading.extra)
    return run(write, record_key, sql, [*parameters, *record, *row, *columns.values()])


def unrepeated(write: Write, record_key: str, digest: bytes) -> Statement:
    """Return the condition that a write is no repeat, and does not use another's Idempotency-Key."""
    if not write.may_repeat:
        return "true", []
    earlier, parameters = journal.earlier(write, record_key)
    if write.idempotency_key:
        return f"NOT EXISTS ({earlier})", parameters
    return f"NOT EXISTS (SELECT FROM ({earlier}) AS earlier WHERE digest = %s)", [*parameters, digest]


def run(write: Write, record_key: str, sql: str, parameters: list[Any]) -> int | None:
    with connection.cursor() as first, connection.cursor() as second:
        with pipelined(connection):
            first.execute(*journal.locking(write, record_key))
            second.execute(f"{sql} RETURNING sync_delivery.id", parameters)
        stored = second.fetchone()
    return stored[0] if stored else None
