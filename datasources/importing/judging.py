"""One row read thoroughly: the write that it is, or every fault in it with the column where it stands.

Where the quick way is sure that nothing but some columns can be at fault, those alone are read so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from connector.edge.errors import Fault, add_faults
from connector.edge.models import Client
from connector.edge.strict_json import text_faults
from datasources.importing.fields import Field
from datasources.importing.numbers import product
from datasources.importing.rows import AMOUNT, QUANTITY, Reader
from entities.schema.readers import Invalid
from entities.schema.validator import Reading, wrong
from sync.delivery.command import Command
from sync.delivery.write import Write
from sync.models.delivery import Method

encode = msgspec.json.Encoder(decimal_format="number").encode
Row = Sequence[str]


def client_number() -> int:
    """Return the client in whose name imports write."""
    return Client.objects.get_or_create(name="imports")[0].pk


class Judge:
    """Judges the rows of one file, as writes of this client in this process."""

    def __init__(self, reader: Reader, client_id: int, process_id: str) -> None:
        self.reader = reader
        self.schema = reader.way.schema
        self.client_id = client_id
        self.process_id = process_id

    def command(self, row: Row) -> tuple[Command | None, list[Fault]]:
        """Return what a row wants written, None where it has faults; they are told all at once."""
        faults: list[Fault] = []
        payload = self.payload(row, faults)
        reading = self.read(payload, faults)
        broken = {fault.treekey for fault in faults}
        key_faults: list[Fault] = []
        record_key = self.schema.key.settle(reading.values, None, key_faults)
        add_faults(faults, [fault for fault in key_faults if fault.treekey not in broken])
        add_faults(faults, self.schema.missing(reading.values))
        add_faults(faults, self.without_either(reading.values, broken))
        if faults or record_key is None:
            return None, faults
        write = Write(self.client_id, self.schema.name, Method.UPSERT, encode(payload), self.process_id, is_local=True)
        return Command(write, self.schema, record_key, reading), []

    def faults_in(self, row: Row, columns: Iterable[str]) -> list[Fault]:
        """Return the faults of a row in these columns alone; the others are known to have none."""
        faults: list[Fault] = []
        self.read(self.members(row, [self.reader.fields[column] for column in columns], faults), faults)
        return faults

    def read(self, payload: dict[str, Any], faults: list[Fault]) -> Reading:
        """Return what the entity's validator reads, and add the faults that it finds."""
        reading = Reading()
        validator = self.schema.validator
        validator.take_members(validator.fields, payload, self.schema.name, reading)
        add_faults(faults, reading.faults)
        return reading

    def payload(self, row: Row, faults: list[Fault]) -> dict[str, Any]:
        """Return a row as the object that a sender of JSON would have sent."""
        payload = {"partner": self.reader.way.partner, **self.members(row, self.reader.fields.values(), faults)}
        return self.multiplied(row, payload) if self.reader.multiplies else payload

    def members(self, row: Row, fields: Iterable[Field], faults: list[Fault]) -> dict[str, Any]:
        """Return these members of that object, without those that are not spelled as the source declares."""
        members: dict[str, Any] = {}
        for field in fields:
            cell = field.get(row)
            faults.extend(text_faults(cell, field.leaf.treekey, field.leaf.name))
            try:
                members[field.leaf.name] = field.spell(cell) if cell else None
            except Invalid as exc:
                faults.append(wrong(field.leaf, field.leaf.treekey, exc.code, exc.message, cell))
        return members

    def multiplied(self, row: Row, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the payload with the amount of the line, where both factors can be read; of the cells as they came."""
        fields = self.reader.fields
        quantity, amount = (fields[name].read([fields[name].get(row)])[0] for name in (QUANTITY, AMOUNT))
        if payload.get(AMOUNT) and quantity and amount:
            payload[AMOUNT] = product(quantity, amount)
        return payload

    def without_either(self, values: dict[str, Any], broken: set[str]) -> list[Fault]:
        """Return a fault where a row has none of the ways to name what every row names, such as its sku."""
        either = self.reader.way.processor.either
        leaves = self.schema.leaves
        told = any(leaves[column].treekey in broken for way in either for column in way)
        if told or not either or any(all(values.get(column) for column in way) for way in either):
            return []
        names = ", or ".join(" with ".join(leaves[column].name for column in way) for way in either)
        return [Fault(leaves[either[0][0]].treekey, "required", f"{names}, is required.")]
