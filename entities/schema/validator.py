"""From the bytes of a body to the columns of a record, or to every fault in it at once.

A valid body takes the quick way: msgspec decodes it by a type compiled from the schema, and a count of colons proves
that no key was unknown or came twice; what then is no value of its column yet is read. Whatever fails there takes the
thorough way, which names all faults by treekey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from connector.edge.errors import FAULTS_TOLD, Fault, shown
from connector.edge.ordinary_json import NOT_ORDINARY, NotOrdinary, exact, must_have_only
from connector.edge.strict_json import NotFinite, below, read_object
from entities.entity import OnUnknown
from entities.schema.fields import FieldSchema, wire_object
from entities.schema.readers import Invalid

encode = msgspec.json.Encoder(decimal_format="number").encode


class Reading(msgspec.Struct):
    """What a body says: values by column, names that were ignored, members that are kept, and faults.

    An unreadable one is no JSON object: nothing can be said of its fields.
    """

    values: dict[str, Any] = {}
    ignored: list[str] = []
    extra: dict[str, Any] = {}
    faults: list[Fault] = []
    is_unreadable: bool = False


ReadEntry = Callable[[FieldSchema, Any, str, Reading], Any]


class Validator:
    """Reads bodies of one entity."""

    def __init__(self, name: str, fields: Sequence[FieldSchema], on_unknown: OnUnknown) -> None:
        self.name = name
        self.fields = {item.name: item for item in fields}
        self.on_unknown = on_unknown
        self.judged = {item.name: item for item in fields if not item.is_settled}
        self.nested = [item for item in fields if item.children]
        self.decode = msgspec.json.Decoder(wire_object(name, fields), float_hook=exact).decode

    def read(self, raw: bytes) -> Reading:
        """Return what a body says; nothing of it is stored when there are faults."""
        try:
            return self.quick(raw)
        except NOT_ORDINARY:
            return self.thorough(raw)

    def quick(self, raw: bytes) -> Reading:
        """Return what a body without a fault says; raise one of NOT_ORDINARY for any other."""
        values: dict[str, Any] = self.decode(raw)
        reading = Reading(values)
        if values.keys().isdisjoint(self.judged):
            must_have_only(len(values), raw)
            return reading
        must_have_only(len(values) + count_known(self.nested, values), raw)
        # All are taken out before one is put in: the name of a field may be the column of another.
        judged = [(item, values.pop(name)) for name, item in self.judged.items() if name in values]
        for item, value in judged:
            self.take(item, value, item.treekey, reading)
        if reading.faults:
            raise NotOrdinary
        return reading

    def thorough(self, raw: bytes) -> Reading:
        payload, faults = read_object(raw, self.name)
        reading = Reading(faults=list(faults), is_unreadable=payload is None)
        if payload is not None:
            self.take_members(self.fields, payload, self.name, reading)
        if faults:
            told = {fault.treekey for fault in faults}
            reading.faults = faults + [fault for fault in reading.faults[len(faults) :] if fault.treekey not in told]
        return reading

    def take_members(
        self, fields: dict[str, FieldSchema], values: dict[str, Any], parent: str, reading: Reading
    ) -> None:
        taken = reading.values
        for name, value in values.items():
            item = fields.get(name)
            if item is None:
                self.take_unknown(parent, name, value, reading)
            elif (type(value) is str and len(value) <= item.settled_length) or (value is None and item.settles_null):
                taken[name] = value
                continue
            else:
                self.take(item, value, item.treekey, reading)
            if len(reading.faults) > FAULTS_TOLD:
                break

    def take(self, item: FieldSchema, value: Any, treekey: str, reading: Reading) -> None:
        """Put the value of a known field into its columns."""
        if not value and item.is_null(value):
            self.clear(item, treekey, reading)
        elif item.reader is not None:
            read = self.listed_values if item.multiple else one
            reading.values[item.column or ""] = read(item, value, treekey, reading)
        elif item.multiple:
            shapes = self.listed(item, value, treekey, reading, self.shape)
            reading.values[item.column or ""] = None if reading.faults else encode(shapes).decode()
        elif isinstance(value, dict):
            self.take_members(item.by_name, value, treekey, reading)
        else:
            reading.faults.append(wrong(item, treekey, "invalid_object", "must be an object", value))

    def clear(self, item: FieldSchema, treekey: str, reading: Reading) -> None:
        for leaf in item.columns():
            if leaf.required or leaf.primary_key:
                path = leaf.treekey if item.is_group else treekey
                reading.faults.append(Fault(path, "required", f"{leaf.name} is required and cannot be null."))
            reading.values[leaf.column or ""] = leaf.cleared()

    def listed_values(self, item: FieldSchema, value: Any, treekey: str, reading: Reading) -> list[Any]:
        return self.listed(item, value, treekey, reading, one)

    def listed(self, item: FieldSchema, value: Any, treekey: str, reading: Reading, read: ReadEntry) -> list[Any]:
        if not isinstance(value, list):
            reading.faults.append(wrong(item, treekey, "not_a_list", "must be a list", value))
            return []
        entries = []
        for position, entry in enumerate(value):
            if len(reading.faults) > FAULTS_TOLD:
                break
            entries.append(read(item, entry, f"{treekey}[{position}]", reading))
        return entries

    def shape(self, item: FieldSchema, entry: Any, treekey: str, reading: Reading) -> dict[str, Any]:
        """Return an object of a list as it is stored: every member of its shape, null where none came."""
        if not isinstance(entry, dict):
            reading.faults.append(wrong(item, treekey, "invalid_object", "must hold objects", entry))
            return {}
        for name, value in entry.items():
            if name not in item.by_name:
                self.take_unknown(treekey, name, value, reading)
        return {
            name: self.member(child, entry.get(name), f"{treekey}.{name}", reading)
            for name, child in item.by_name.items()
        }

    def member(self, child: FieldSchema, value: Any, treekey: str, reading: Reading) -> Any:
        """Return a member of an object in a list, as JSON holds it."""
        if child.is_null(value):
            return self.absent(child, treekey, reading)
        read = self.shape if child.children else as_json
        if child.multiple:
            return self.listed(child, value, treekey, reading, read)
        return read(child, value, treekey, reading)

    def absent(self, child: FieldSchema, treekey: str, reading: Reading) -> Any:
        """Return what stands for a member that an object in a list does not have, as JSON holds it."""
        if child.is_group:
            return self.shape(child, {}, treekey, reading)
        if child.required:
            reading.faults.append(Fault(treekey, "required", f"{child.name} is required."))
        value = child.default() if callable(child.default) else child.default
        return value if value is None or child.multiple or child.reader is None else child.reader.to_json(value)

    def take_unknown(self, parent: str, name: str, value: Any, reading: Reading) -> None:
        treekey = below(parent, name)
        path = treekey.removeprefix(f"{self.name}.")
        match self.on_unknown:
            case OnUnknown.IGNORE:
                reading.ignored.append(path)
            case OnUnknown.REJECT:
                message = f"{path} is not a field of {self.name}."
                reading.faults.append(Fault(treekey, "unknown_field", message, shown(value)))
            case OnUnknown.KEEP:
                reading.extra[self.kept_path(parent, name)] = value

    def kept_path(self, parent: str, name: str) -> str:
        r"""Return where a member is kept: its path with dots, and a `\` before any `.` or `\` in its own name."""
        own = name.replace("\\", "\\\\").replace(".", "\\.")
        return own if parent == self.name else f"{parent.removeprefix(f'{self.name}.')}.{own}"


def count_known(nested: Iterable[FieldSchema], payload: dict[str, Any]) -> int:
    """Return how many keys the objects have that are in a decoded one, by the fields which hold them."""
    count = 0
    for item in nested:
        if value := payload.get(item.name):
            for entry in value if item.multiple else [value]:
                count += len(entry) + count_known(item.nested, entry)
    return count


def one(item: FieldSchema, value: Any, treekey: str, reading: Reading) -> Any:
    """Return the value of a field that is not a list, or of one entry of a list."""
    assert item.reader is not None  # noqa: S101 (only objects have none)
    try:
        return item.reader.read(value)
    except Invalid as exc:
        if not isinstance(value, NotFinite):  # Which has been told of.
            code, message = reason(item, value, exc)
            reading.faults.append(wrong(item, treekey, code, message, value))
        return None


def reason(item: FieldSchema, value: Any, exc: Invalid) -> tuple[str, str]:
    """Return why a value is refused, as code and message: no reader takes a list, or null in one."""
    if isinstance(value, list):
        return "not_a_single_value", "must be a single value, not a list"
    if not value and item.is_null(value):
        return "null_in_list", "must not hold null"
    return exc.args


def as_json(item: FieldSchema, value: Any, treekey: str, reading: Reading) -> Any:
    """Return the same as `one`, in the form in which it leaves."""
    result = one(item, value, treekey, reading)
    return None if result is None or item.reader is None else item.reader.to_json(result)


def wrong(item: FieldSchema, treekey: str, code: str, message: str, value: Any) -> Fault:
    return Fault(treekey, code, f"{item.name} {message}.", shown(value))
