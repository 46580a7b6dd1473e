"""What a command does to its record, or why it cannot be: the policies of an entity, wherever the records are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from connector.edge.errors import BadRequest, Conflict, ContractError, Fault, shown
from entities.entity import OnConflict, OnMissing
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema
from entities.store import Written
from sync.delivery.command import Command
from sync.models.delivery import Method, Outcome

Values = dict[str, Any]


class Records(Protocol):
    """Where records are changed: `entities.store`, one statement each, or a fold of them in memory."""

    def create(self, schema: EntitySchema, values: Values, extra: Values, delivery: int) -> Written | None: ...

    def update(self, schema: EntitySchema, values: Values, extra: Values, delivery: int) -> Written | None: ...

    def delete(self, schema: EntitySchema, key: Any, delivery: int, /) -> Written | None: ...

    def dangling(self, schema: EntitySchema, values: Values) -> Iterable[tuple[FieldSchema, str]]: ...


@dataclass(frozen=True, slots=True)
class Effect:
    """What an applied delivery did; `previous` is the JSON of what the changed columns held."""

    outcome: Outcome
    ignored: list[str]
    previous: str | None = None


def effect_of(command: Command, number: int, records: Records) -> Effect | ContractError:
    """Change the record and return what that did, or why it cannot be."""
    faults = unknown_references(records.dangling(command.schema, command.reading.values))
    if faults:
        return BadRequest(faults=faults)
    return EFFECTS[command.write.method](command, number, records)


def unknown_references(dangling: Iterable[tuple[FieldSchema, str]]) -> list[Fault]:
    return [
        Fault(leaf.treekey, "unknown_reference", f"{leaf.name} names no {leaf.foreign_key}.", shown(key))
        for leaf, key in dangling
    ]


def create(command: Command, number: int, records: Records) -> Effect | ContractError:
    schema, reading = command.schema, command.reading
    if records.create(schema, reading.values, reading.extra, number):
        return Effect(Outcome.CREATED, command.ignored)
    if schema.declaration.on_conflict == OnConflict.UPSERT:
        return update(command, number, records)
    key = schema.key.field
    message = f'{schema.name} "{command.record_key}" exists already; send PUT to change it.'
    return Conflict(faults=[Fault(key.treekey, "already_exists", message, command.record_key)])


def update(command: Command, number: int, records: Records) -> Effect | ContractError:
    schema, reading = command.schema, command.reading
    if written := records.update(schema, reading.values, reading.extra, number):
        return Effect(Outcome.UPDATED, command.ignored, written.previous)
    key = schema.key.field
    if command.write.method == Method.PUT and schema.declaration.on_missing == OnMissing.REJECT:
        message = f'There is no {schema.name} "{command.record_key}"; send POST to create it.'
        return BadRequest(faults=[Fault(key.treekey, "not_found", message, command.record_key)])
    if missing := schema.missing(reading.values):
        return BadRequest(faults=missing)
    return create(command, number, records)


def delete(command: Command, number: int, records: Records) -> Effect:
    written = records.delete(command.schema, command.key, number)
    if written is None:
        return Effect(Outcome.ABSENT, command.ignored)
    return Effect(Outcome.DELETED, command.ignored, written.previous)


EFFECTS = {Method.POST: create, Method.PUT: update, Method.DELETE: delete, Method.UPSERT: update}
