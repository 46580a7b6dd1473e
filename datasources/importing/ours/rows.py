"""Rows of a person's file as writes: each column is a field by its place in the layout, each row a record.

It takes what an export writes (`entities.exporting`): guarded texts, lists as JSON. A column that is not there leaves
its field as it is; an empty cell is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.edge.cells import unguarded
from connector.edge.errors import Fault, shown
from connector.edge.strict_json import read_value
from datasources.importing.errors import BadFile
from datasources.importing.fields import SPOKEN
from datasources.importing.header import alike, doubled
from datasources.importing.rows import ragged_fault
from entities.exporting import DELETED, column_name
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema
from sync.delivery.command import Command, judge
from sync.delivery.journal import encode
from sync.delivery.write import Write
from sync.models.delivery import Method

GONE = "It is a deleted record; an import deletes none and brings none back."
Row = Sequence[str]


@dataclass
class Columns:
    """Which field each column of a file is of, by its place; `unknown` are those that are of none."""

    schema: EntitySchema
    names: Sequence[str]
    fields: dict[int, FieldSchema] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    deleted: int | None = None

    @classmethod
    def of(cls, schema: EntitySchema, names: Sequence[str]) -> Columns:
        """Read a header.

        Raises:
            BadFile: a name is there twice, or nothing names the records; all of that is told.
        """
        found = cls(schema, [name.strip() for name in names])
        known = {alike(column_name(schema, leaf)): leaf for leaf in schema.leaves.values()}
        for place, name in enumerate(found.names):
            if name == DELETED:
                found.deleted = place
            elif alike(name) in known:
                found.fields[place] = known[alike(name)]
            elif name:
                found.unknown.append(name)
        if faults := [*doubled(found.names), *found.without_key()]:
            raise BadFile(" ".join(faults))
        return found

    def without_key(self) -> Iterator[str]:
        key, there = self.schema.key, {leaf.column for leaf in self.fields.values()}
        is_made = key.composite is not None and bool(there & set(key.composite.columns()))
        if key.column not in there and not is_made:
            yield f"The column {column_name(self.schema, key.field)} is missing, which names the records."

    def by_treekey(self) -> dict[str, str]:
        return {leaf.treekey: self.names[place] for place, leaf in self.fields.items()}


@dataclass(frozen=True)
class Writer:
    """Makes writes of rows, in the name of a client and of an import."""

    columns: Columns
    client_id: int
    process_id: str

    def command(self, row: Row) -> Command | list[Fault]:
        """Return what a row wants written, or every fault of it."""
        width = len(self.columns.names)
        if len(row) != width and (len(row) < width or any(row[width:])):
            return [ragged_fault(len(row), width)]
        if self.columns.deleted is not None and row[self.columns.deleted]:
            return [Fault("", "deleted", GONE)]
        faults: list[Fault] = []
        command = self.judged(row, faults)
        return command if command is not None and not faults else faults

    def key(self, row: Row) -> str | None:
        """Return the key of the record that a row names, whatever else is wrong; None where none can be read."""
        command = self.judged(row, []) if len(row) >= len(self.columns.names) else None
        return command.record_key if command else None

    def judged(self, row: Row, faults: list[Fault]) -> Command | None:
        schema = self.columns.schema
        body = encode(self.payload(row, faults))
        write = Write(self.client_id, schema.name, Method.UPSERT, body, self.process_id, is_local=True)
        return judge(write, schema, None, faults)

    def payload(self, row: Row, faults: list[Fault]) -> dict[str, Any]:
        payload: dict[str, Any] = {}
        for place, leaf in self.columns.fields.items():
            *groups, name = column_name(self.columns.schema, leaf).split(".")
            members = payload
            for group in groups:
                members = members.setdefault(group, {})
            members[name] = meant(leaf, row[place], faults)
        return payload


def meant(leaf: FieldSchema, cell: str, faults: list[Fault]) -> Any:
    """Return the value that a cell means, as a sender of JSON would have sent it."""
    text = unguarded(cell) if is_text(leaf) else unguarded(cell.strip())
    if text is None:
        return None
    if not (leaf.multiple or leaf.children):
        return SPOKEN.get(text.casefold(), text) if leaf.type == "boolean" and not leaf.bool_settings else text
    value = read_value(text)
    if value is None:
        message = f"{leaf.name} must be JSON, such as a list in brackets."
        faults.append(Fault(leaf.treekey, "invalid_json", message, shown(text)))
    return value


def is_text(leaf: FieldSchema) -> bool:
    """Tell whether spaces around a value are part of it."""
    return leaf.type == "text" and not leaf.multiple
