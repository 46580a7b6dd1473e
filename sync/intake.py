"""From a write on an entity route to its answer. An answer is given only after the commit that it reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, transaction

from connector.edge.errors import BadRequest, Conflict, ContractError, Fault, shown
from connector.edge.strict_json import read_object
from entities import store
from entities.entity import OnConflict, OnMissing
from entities.schema import EntitySchema
from entities.schema.validator import Reading
from sync import journal
from sync.answers import Answer, applied_answer
from sync.database_faults import fault_of
from sync.journal import Effect
from sync.models.delivery import Method, Outcome
from sync.write import Write

IGNORED_NAMED = 100


@dataclass(frozen=True, slots=True)
class Command:
    """A write that is right as far as it alone can tell: its record, and what it says of it."""

    write: Write
    schema: EntitySchema
    record_key: str
    reading: Reading

    @property
    def key(self) -> Any:
        return self.reading.values[self.schema.key.column]

    @property
    def ignored(self) -> list[str]:
        """The names that were ignored, cut where they are very many."""
        names = self.reading.ignored
        others = len(names) - IGNORED_NAMED
        return [*names[:IGNORED_NAMED], f"and {others} others"] if others > 0 else names


def take(write: Write, schema: EntitySchema | None, entity_id: str | None, faults: list[Fault]) -> Answer:
    """Judge a write, apply it and return the answer.

    `entity_id` is what the header names; `faults` is what is wrong so far, and gets all that is wrong besides.

    Raises:
        BadRequest, Conflict: the delivery is stored as rejected.
    """
    command = judge(write, schema, entity_id, faults) if schema else None
    if command is None or faults:
        record_key = command.record_key if command else entity_id or ""
        journal.record_rejected(write, record_key, faults)
        raise BadRequest(faults=faults)
    return carry_out(command)


def judge(write: Write, schema: EntitySchema, entity_id: str | None, faults: list[Fault]) -> Command | None:
    """Return the command in a write as far as it has one; what is wrong with it is added to the faults."""
    reading = read_deletion(write, schema) if write.method == Method.DELETE else read_body(write, schema)
    add(faults, reading.faults)
    if reading.is_unreadable:
        return None
    if write.method == Method.DELETE and entity_id is None:
        add(faults, [Fault("Entity-Id", "required", "Entity-Id is required: it names the record to delete.")])
        return None
    sent = set(reading.values)
    key_faults: list[Fault] = []
    record_key = schema.key.settle(reading.values, entity_id, key_faults)
    add(faults, key_faults)
    if write.method == Method.POST:
        add(faults, schema.missing(reading.values))
    elif schema.declaration.on_missing == OnMissing.REJECT:
        sent.add(schema.key.column)  # A part that was only read from the key is not written to a record that has it.
        reading.values = {column: value for column, value in reading.values.items() if column in sent}
    return Command(write, schema, record_key, reading) if record_key is not None else None


def add(faults: list[Fault], others: Iterable[Fault]) -> None:
    """Add the faults of places that have none yet: the first one told of a place is the cause of the rest."""
    told = {fault.treekey for fault in faults}
    faults.extend(fault for fault in others if fault.treekey not in told)


def read_body(write: Write, schema: EntitySchema) -> Reading:
    if write.body:
        return schema.validator.read(write.body)
    fault = Fault(schema.name, "body_missing", f"{write.method} needs a JSON object as its body.")
    return Reading(faults=[fault], is_unreadable=True)


def read_deletion(write: Write, schema: EntitySchema) -> Reading:
    """Read the body of a DELETE, which says nothing, or the key again."""
    reading = Reading()
    if write.body:
        payload, reading.faults = read_object(write.body, schema.name)
        key = schema.key.field
        if payload and payload.get(key.name) is not None:
            schema.validator.take(key, payload[key.name], key.treekey, reading)
    return reading


def carry_out(command: Command) -> Answer:
    """Apply a command and store its delivery, in one transaction.

    Raises:
        BadRequest, Conflict: the record stands against it; the delivery is stored as rejected.
    """
    try:
        with transaction.atomic():
            result = apply(command)
    except (IntegrityError, DataError) as exc:
        fault = fault_of(exc, command.schema)
        if fault is None:
            raise
        result = BadRequest(faults=[fault])
        journal.record_rejected(command.write, command.record_key, result.faults)
    if isinstance(result, ContractError):
        raise result
    return result


def apply(command: Command) -> Answer | ContractError:
    write, record_key = command.write, command.record_key
    journal.lock(write, record_key)
    number, earlier = journal.enter(write, record_key)
    if earlier and write.may_repeat and earlier.digest == write.digest(record_key):
        return applied_answer(command.schema, write.method, record_key, earlier.outcome, earlier.ignored)
    is_mismatch = earlier is not None and bool(write.idempotency_key)
    result = idempotency_mismatch(write) if is_mismatch else effect_of(command, number)
    if isinstance(result, ContractError):
        journal.record_rejected(write, record_key, result.faults, number)
        return result
    journal.record_applied(write, record_key, number, result)
    return applied_answer(command.schema, write.method, record_key, result.outcome, result.ignored)


def idempotency_mismatch(write: Write) -> ContractError:
    message = "This Idempotency-Key was used for another request; take a new one for each."
    fault = Fault("Idempotency-Key", "idempotency_mismatch", message)
    return (Conflict if write.method == Method.POST else BadRequest)(faults=[fault])


def effect_of(command: Command, number: int) -> Effect | ContractError:
    """Write the record and return what that did, or why it cannot be."""
    faults = [
        Fault(leaf.treekey, "unknown_reference", f"{leaf.name} names no {leaf.foreign_key}.", shown(key))
        for leaf, key in store.dangling(command.schema, command.reading.values)
    ]
    if faults:
        return BadRequest(faults=faults)
    return EFFECTS[command.write.method](command, number)


def create(command: Command, number: int) -> Effect | ContractError:
    schema, reading = command.schema, command.reading
    if store.create(schema, reading.values, reading.extra, number):
        return Effect(Outcome.CREATED, command.ignored)
    if schema.declaration.on_conflict == OnConflict.UPSERT:
        return update(command, number)
    key = schema.key.field
    message = f'There is a {schema.name} with {key.name} "{command.record_key}"; send PUT to change it.'
    return Conflict(faults=[Fault(key.treekey, "already_exists", message, command.record_key)])


def update(command: Command, number: int) -> Effect | ContractError:
    schema, reading = command.schema, command.reading
    if written := store.update(schema, reading.values, reading.extra, number):
        return Effect(Outcome.UPDATED, command.ignored, written.previous)
    key = schema.key.field
    if schema.declaration.on_missing == OnMissing.REJECT:
        message = f'There is no {schema.name} with {key.name} "{command.record_key}"; send POST to create it.'
        return BadRequest(faults=[Fault(key.treekey, "not_found", message, command.record_key)])
    if missing := schema.missing(reading.values):
        return BadRequest(faults=missing)
    return create(command, number)


def delete(command: Command, number: int) -> Effect:
    written = store.delete(command.schema, command.key, number)
    return Effect(Outcome.DELETED, [], written.previous) if written else Effect(Outcome.ABSENT, [])


EFFECTS = {Method.POST: create, Method.PUT: update, Method.DELETE: delete}
