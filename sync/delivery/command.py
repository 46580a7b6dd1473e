"""`Command`: what a write says, judged by all that the write alone can tell."""

from __future__ import annotations

from typing import Any

import msgspec

from connector.edge.errors import Fault, add_faults
from connector.edge.strict_json import printable, read_object
from entities.entity import OnMissing
from entities.schema import EntitySchema
from entities.schema.rules import broken_rules, rules_of
from entities.schema.validator import Reading
from sync.delivery.write import Write
from sync.models.delivery import Method

IGNORED_NAMED = 100
IGNORED_LENGTH = 100
POST, PUT, DELETE = Method.POST, Method.PUT, Method.DELETE  # Asked of the enum, each takes 0.1 us.


class Command(msgspec.Struct, frozen=True):  # One is made for each write, at a fourth of what a dataclass takes.
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
    method, key = write.method, schema.key
    reading = read_deletion(write, schema) if method == DELETE else schema.validator.read(write.body)
    if reading.faults:
        add_faults(faults, reading.faults)
    if reading.is_unreadable or (faults and names_no_record(schema, reading, faults)):
        return None
    if method == DELETE and entity_id is None:
        add_faults(faults, [Fault("Entity-Id", "required", "Entity-Id is required: it names the record to delete.")])
        return None
    changed = keeps_what_was_sent(method, schema) and {*reading.values, key.column}
    key_faults: list[Fault] = []
    record_key = key.settle(reading.values, entity_id, key_faults)
    if key_faults:
        add_faults(faults, key_faults)
    if method == POST:
        judge_new(schema, reading.values, faults)
    elif changed:
        reading.values = {column: value for column, value in reading.values.items() if column in changed}
    return Command(write, schema, record_key, reading) if record_key is not None else None


def names_no_record(schema: EntitySchema, reading: Reading, faults: list[Fault]) -> bool:
    """Tell whether the header names the record, and cannot be read."""
    return schema.key.column not in reading.values and any(fault.treekey == "Entity-Id" for fault in faults)


def keeps_what_was_sent(method: Method, schema: EntitySchema) -> bool:
    """Tell whether a part that is only read from the key is not written: to a record that has it already."""
    return method == PUT and schema.declaration.on_missing == OnMissing.REJECT


def judge_new(schema: EntitySchema, values: dict[str, Any], faults: list[Fault]) -> None:
    """Add what a new record lacks; and the rules that it breaks, which else the database judges when it is written."""
    if missing := schema.missing(values):
        add_faults(faults, missing)
    if faults and rules_of(schema):
        add_faults(faults, broken_rules(schema, values, {fault.treekey for fault in faults}))


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
