"""Writing a record and storing its delivery in one round trip, together with others of the same kind; see `at_once`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

import msgspec
from django.conf import settings

from entities import folding, grouped
from entities.entity import OnConflict, OnDelete
from entities.schema import EntitySchema
from sync import hooks
from sync.accepting.at_once import ASKED, GIVEN, IS_NEW, RECORD, STORED, Row, asked, common, may_be_together, run
from sync.delivery import asking, guard, journal
from sync.delivery.command import Command
from sync.models.delivery import Method, Outcome, State
from sync.work.together import Together

DELIVERIES = grouped.Deliveries("record_hash bigint", "JOIN asked USING (record_hash)", "asked.number")
WITH_PREVIOUS = {"previous": "written.previous::jsonb"}


class Settled(msgspec.Struct, frozen=True):
    """A delivery to be stored, and what it writes of its record."""

    delivery: Row
    record: Row


# The group that a command belongs to, and what it writes; None when it is to go the long way.
Prepared = tuple[Together[Settled, int], Row] | None


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How deliveries of one kind are settled: what writes their records, and what it tells the deliveries besides.

    A counted kind is let through by the guard, all of a group or none.
    """

    written: str
    given: Mapping[str, str]
    counted: str = ""  # The entity.


def settle(command: Command) -> tuple[int, Outcome] | None:
    """Write a record and store its delivery; return its number and what it did, None when nothing is stored."""
    if command.write.method not in SETTLING or not may_be_settled(command):
        return None
    outcome, prepare = SETTLING[command.write.method]
    prepared = prepare(command)
    if prepared is None:
        return None
    group, record = prepared
    row = journal.row(command.write, command.record_key, journal.applied(outcome, command.ignored))
    number = group.ask(row["record_hash"], Settled(row, record))
    return (number, outcome) if number else None


def may_be_settled(command: Command) -> bool:
    """Tell whether one statement can write the record: nobody listens, and nothing else is to be looked at."""
    schema = command.schema
    return not (schema.has_rules or schema.enforced or hooks.is_heard(schema)) and may_be_together(command.write)


def create(command: Command) -> Prepared:
    schema, reading = command.schema, command.reading
    if schema.declaration.on_conflict != OnConflict.CONFLICT:
        return None
    return creating(schema), grouped.new_record(schema, reading.values, reading.extra)


def update(command: Command) -> Prepared:
    schema, reading = command.schema, command.reading
    changes = folding.changes(schema, reading.values, reading.extra)
    if not changes:
        return None
    return updating(schema, tuple(sorted(changes))), {**grouped.key_of(schema, command.key), **changes}


def delete(command: Command) -> Prepared:
    schema = command.schema
    if schema.declaration.on_delete != OnDelete.SOFT or not guard.counts(command.write):
        return None
    return deleting(schema), grouped.key_of(schema, command.key)


SETTLING = {
    Method.POST: (Outcome.CREATED, create),
    Method.PUT: (Outcome.UPDATED, update),
    Method.DELETE: (Outcome.DELETED, delete),
}


@cache
def creating(schema: EntitySchema) -> Together[Settled, int]:
    return Together(partial(settle_all, Way(grouped.insert_sql(schema, DELIVERIES), {})))


@lru_cache(maxsize=256)  # A client may send any set of columns; one that was dropped is made again.
def updating(schema: EntitySchema, columns: tuple[str, ...]) -> Together[Settled, int]:
    return Together(partial(settle_all, Way(grouped.update_sql(schema, columns, DELIVERIES), WITH_PREVIOUS)))


@cache
def deleting(schema: EntitySchema) -> Together[Settled, int]:
    return Together(partial(settle_all, Way(grouped.delete_sql(schema, DELIVERIES), WITH_PREVIOUS, schema.name)))


def settle_all(way: Way, settled: Sequence[Settled]) -> list[int | None]:
    """Write records and store their deliveries; a counted group waits for the one before it."""
    rows = [one.delivery for one in settled]
    records = [{"record_hash": one.delivery["record_hash"], **one.record} for one in settled]
    has_room, raised, before = guard.of_group(way.counted, len(rows)) if way.counted else ([], [], [])
    parameters = [asked(rows), settings.CONNECTOR_REPEAT_HOURS, *has_room, journal.encode(records).decode(), *raised]
    sql = settling_sql(way, tuple(rows[0]))
    return run(rows, sql, [*parameters, *common(rows, way.given)], *before)


@lru_cache(maxsize=512)
def settling_sql(way: Way, columns: tuple[str, ...]) -> str:
    """Return the statement for deliveries with these columns."""
    stored = journal.insertion(
        ("id", *columns),
        State.APPLIED,
        "FROM asked JOIN written ON asked.number = written.number",
        **{"id": "asked.number", **GIVEN, **way.given},
    )
    # Without the OFFSET it would be a join, and read all that waits of every record.
    return f"""
        WITH asked AS MATERIALIZED (
            SELECT {asking.NEXT} AS number, * FROM {ASKED}
            WHERE {IS_NEW} AND NOT EXISTS ({asking.unapplied_of(*RECORD)} OFFSET 0)
            {f"AND {guard.HAS_ROOM}" if way.counted else ""}
        ), written(number{", previous" if way.given else ""}) AS ({way.written})
        {f", counted AS ({guard.RAISE_BY_WRITTEN})" if way.counted else ""} {stored} {STORED}
    """  # noqa: S608 (every name is a model's, quoted, or ours)
