"""Putting back what stood before a delivery, by a change of ours like any other.

It is done only where the record is still as the delivery left it: what was written since is never thrown away. What the
delivery left is what its body says, since no delivery keeps that; PostgreSQL writes it down as it writes a row, so that
values are compared in one form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from connector.edge.strict_json import read_object
from entities import reading
from entities.schema import EntitySchema, schemas
from entities.schema.items import object_sql
from entities.store import quote, readable
from sync import local
from sync.accepting.answers import Answer
from sync.applying import runner
from sync.delivery import asking
from sync.delivery.command import Command
from sync.delivery.journal import encode
from sync.local import Author
from sync.models import Delivery, Outcome, State

Row = Mapping[str, Any]
EXTRA = "extra"
UNDOABLE = (Outcome.CREATED, Outcome.UPDATED, Outcome.DELETED)


@dataclass(frozen=True)
class Field:
    """A column that a delivery changed: before it, as it left it, and now."""

    column: str
    before: Any
    left: Any
    now: Any

    @property
    def has_moved_on(self) -> bool:
        return bool(self.left != self.now)


@dataclass(frozen=True)
class Undo:
    """What undoing a delivery would do, and what speaks against it, empty where nothing does."""

    delivery: Delivery
    fields: Sequence[Field] = ()
    refusal: str = ""

    @property
    def may_be_done(self) -> bool:
        return not (self.refusal or self.moved)

    @property
    def moved(self) -> Sequence[Field]:
        return [field for field in self.fields if field.has_moved_on]


def is_undoable(delivery: Delivery) -> bool:
    """Tell whether a delivery had an effect that could be put back; the record may have moved on all the same."""
    had_effect = delivery.state == State.APPLIED and delivery.outcome in UNDOABLE
    return had_effect and not delivery.is_erased and delivery.entity in schemas()


def consider(delivery: Delivery) -> Undo:
    """Return what undoing a delivery would do to its record as that stands now."""
    if not is_undoable(delivery):
        return Undo(delivery, refusal="It changed nothing that could be put back.")
    schema = schemas()[delivery.entity]
    if asking.waiting(delivery.entity, [delivery.record_key]):
        return Undo(
            delivery, refusal="Other deliveries of the record wait for their turn, or for a person; do them first."
        )
    now = reading.columns_held(schema, delivery.record_key) or {}
    if delivery.outcome == Outcome.DELETED:
        return undo_of_deletion(schema, delivery, now)
    if not now:
        return Undo(delivery, refusal="The record has been deleted since.")
    return undo_of_write(schema, delivery, now)


def undo_of_deletion(schema: EntitySchema, delivery: Delivery, now: Row) -> Undo:
    """Return what creates the record anew, with all that it held."""
    if now:
        return Undo(delivery, refusal="The record lives again: it was created anew since.")
    held = [Field(column, value, None, None) for column, value in before(delivery).items() if value is not None]
    return Undo(delivery, [field for field in held if field.column in schema.leaves])


def undo_of_write(schema: EntitySchema, delivery: Delivery, now: Row) -> Undo:
    command = runner.command_of(schema, delivery)
    if not isinstance(command, Command):
        return Undo(delivery, refusal="The layout has changed since, so that what it wrote cannot be told any more.")
    if delivery.outcome == Outcome.CREATED:
        left = left_by(command, list(schema.leaves))
        own = Field(EXTRA, None, command.reading.extra or None, now.get(EXTRA))
        return Undo(delivery, [own, *(Field(column, None, value, now.get(column)) for column, value in left.items())])
    held = before(delivery)
    left = left_by(command, [column for column in schema.leaves if column in command.reading.values and column in held])
    fields = [Field(column, held[column], value, now.get(column)) for column, value in left.items()]
    changed = [field for field in fields if field.before != field.left]
    return Undo(delivery, changed, refusal="" if changed else "It left every field as it was.")


def left_by(command: Command, columns: Sequence[str]) -> Row:
    """Return columns as a write left them, those that it did not send by their defaults, as PostgreSQL writes a row."""
    schema, sent = command.schema, command.reading.values
    if not columns:
        return {}
    left = schema.completed(sent)
    kinds = {field.column: field.db_type(connection) for field in schema.model._meta.concrete_fields}
    typed = ", ".join(f"%s::{kinds[column]} AS {quote(column)}" for column in columns)
    return one(f"SELECT row_to_json(told)::text FROM (SELECT {typed}) AS told", [left[column] for column in columns])  # noqa: S608


def before(delivery: Delivery) -> Row:
    """Return what a delivery replaced, every number to its last digit."""
    return one("SELECT previous::text FROM sync_delivery WHERE id = %s", [delivery.pk])


def one(sql: str, parameters: Sequence[Any]) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    found: Row = json.loads(row[0], parse_float=Decimal) if row and row[0] else {}
    return found


def carry_out(undo: Undo, *, by: str) -> Answer:
    """Undo a delivery in somebody's name; the caller holds the record since before it was considered.

    Raises:
        BadRequest, Conflict, Unavailable: as `local.change` does.
    """
    delivery = undo.delivery
    author = Author(by, f"undo-{delivery.pk}")
    if delivery.outcome == Outcome.CREATED:
        return local.delete(delivery.entity, delivery.record_key, by=author)
    body = encode(members(undo))
    if delivery.outcome == Outcome.DELETED:
        return local.create(delivery.entity, body, by=author)
    return local.update(delivery.entity, delivery.record_key, body, by=author)


def members(undo: Undo) -> Row:
    """Return what is to be sent: the members of the record as it was that differ from those as it is."""
    schema, key = schemas()[undo.delivery.entity], undo.delivery.record_key
    now: Row = read_object((reading.items_of(schema, [key]).get(key) or "{}").encode())[0] or {}
    was: Row = read_object(item_with(schema, key, {field.column: field.before for field in undo.fields}))[0] or {}
    kept = before(undo.delivery).get(EXTRA) if undo.delivery.outcome == Outcome.DELETED else None
    return {**(kept or {}), **{name: value for name, value in was.items() if name not in now or now[name] != value}}


def item_with(schema: EntitySchema, key: str, values: Row) -> bytes:
    """Return the item of a record, or of none, if it had these columns."""
    table = quote(schema.table)
    sql = f"""
        SELECT {object_sql(schema.fields, quote)}::text FROM (
            SELECT (jsonb_populate_record(stored, %s::jsonb)).* FROM (SELECT) AS one
            LEFT JOIN {table} AS stored ON stored.{quote(schema.key.column)} = %s AND stored.deleted_at IS NULL
        ) AS restored
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [encode(values).decode(), readable(schema, key)])
        return str(cursor.fetchone()[0]).encode()
