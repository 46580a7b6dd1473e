"""`Command`: what a write says, judged by all that the write alone can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.edge.errors import Fault, add_faults
from connector.edge.strict_json import printable, read_object
from entities.entity import OnMissing
from entities.schema import EntitySchema
from entities.schema.rules import broken_rules
from entities.schema.validator import Reading
from sync.models.delivery import Method
from sync.write import Write

IGNORED_NAMED = 100
IGNORED_LENGTH = 100


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


def judge(write: Write, schema: EntitySchema, entity_id: str | None, faults: list[Fault]) -> Command | None:
    """Return the command in a write as far as it has one; what is wrong with it is added to the faults.

    `entity_id` is the key that the header names, if it names one.
    """
    reading = read_deletion(write, schema) if write.method == Method.DELETE else schema.validator.read(write.body)
    add_faults(faults, reading.faults)
    if reading.is_unreadable:
        return None
    if write.method == Method.DELETE and entity_id is None:
        add_faults(faults, [Fault("Entity-Id", "required", "Entity-Id is required: it names the record to delete.")])
        return None
    if schema.key.column not in reading.values and any(fault.treekey == "Entity-Id" for fault in faults):
        return None  # The header names the record, and cannot be read.
    sent = set(reading.values)
    key_faults: list[Fault] = []
    record_key = schema.key.settle(reading.values, entity_id, key_faults)
    add_faults(faults, key_faults)
    if write.method == Method.POST:
        add_faults(faults, schema.missing(reading.values))
        if faults:  # Else the database judges its rules itself, when the record is written.
            add_faults(faults, broken_rules(schema, reading.values, {fault.treekey for fault in faults}))
    elif write.method == Method.PUT and schema.declaration.on_missing == OnMissing.REJECT:
        sent.add(schema.key.column)  # A part that was only read from the key is not written to a record that has it.
        reading.values = {column: value for column, value in reading.values.items() if column in sent}
    return Command(write, schema, record_key, reading) if record_key is not None else None


def read_deletion(write: Write, schema: EntitySchema) -> Reading:
    """Read the body of a DELETE, which says nothing, or the key again."""
    reading = Reading()
    if write.body:
        payload, reading.faults = read_object(write.body, schema.name)
        key = schema.key.field
        if payload and payload.get(key.name) is not None:
            schema.validator.take(key, payload[key.name], key.treekey, reading)
        reading.ignored = [printable(name)[:IGNORED_LENGTH] for name in payload or () if name != key.name]
    return reading
