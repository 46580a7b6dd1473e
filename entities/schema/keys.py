"""The key of a record: one field, or a text made of several (contract section 2, "Data layout")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from connector.edge.errors import Fault, shown
from connector.edge.headers import is_printable
from entities.fields import CompositeKey, Part
from entities.schema.fields import FieldSchema
from entities.schema.readers import Invalid, plain

KEY_LENGTH = 255
Values = dict[str, Any]


@dataclass(frozen=True, eq=False)
class KeySchema:
    """Reads the key of a write from its header, its body, or the parts in its body."""

    field: FieldSchema
    leaves: dict[str, FieldSchema]
    composite: CompositeKey | None = None

    @cached_property
    def column(self) -> str:
        assert self.field.column is not None  # noqa: S101 (a key always has one)
        return self.field.column

    def text(self, value: Any) -> str:
        """Return a key as text, as deliveries and headers name it."""
        return plain(value) if isinstance(value, Decimal) else str(value)

    def parse(self, text: str) -> Any:
        """Return the column's value for a key that came as text.

        Raises:
            Invalid: the key field does not take it.
        """
        assert self.field.reader is not None  # noqa: S101 (a key is a text or a number)
        value = self.field.reader.read(text)
        return checked(value) if isinstance(value, str) else value

    def settle(self, values: Values, given: str | None, faults: list[Fault]) -> str | None:
        """Put the key into `values`, see that its parts agree, and return it as text; None when there is a fault.

        `given` is the key that the header names, if it names one. Parts that did not come are taken from the key.
        `faults` comes empty.
        """
        key = values.get(self.column) if given is None else self.named(values, given, faults)
        if self.composite is not None and not faults:
            key = self.joined(values, key, faults)
        return None if faults else self.finish(values, key, faults)

    def named(self, values: Values, given: str, faults: list[Fault]) -> Any:
        """Return the key that the header names, which must be the body's where that has one."""
        in_body = values.get(self.column)
        try:
            in_header = self.parse(given)
        except Invalid as exc:
            faults.append(Fault("Entity-Id", exc.code, f"Entity-Id {exc.message}.", shown(given)))
            return None
        if in_body is not None and in_body != in_header:
            self.add_mismatch(faults, "Entity-Id and the body", self.text(in_body))
        return in_header

    def joined(self, values: Values, named: Any, faults: list[Fault]) -> Any:
        """Return the key that the parts make; parts that did not come are taken from the key that was named."""
        assert self.composite is not None  # noqa: S101 (asked by settle)
        if named is not None:
            for column, value in self.split(named, faults).items():
                values.setdefault(column, value)
        if faults:
            return None
        texts = [self.part_text(part, values, faults) for part in self.composite.parts]
        if None in texts:
            return None
        key = ":".join(text for text in texts if text is not None)
        if named is not None and key != named:
            self.add_mismatch(faults, "The key and its parts", key)
        return key

    def part_text(self, part: Part, values: Values, faults: list[Fault]) -> str | None:
        name, pair = (part, None) if isinstance(part, str) else part
        blank = [column for column in (name, *(pair or ())) if is_blank(values.get(column))]
        for column in blank:
            leaf = self.leaves[column]
            faults.append(Fault(leaf.treekey, "blank", f"{leaf.name} must not be blank: it is a part of the key."))
        if blank:
            return None
        if values.get(name) is not None:
            return escaped(self.part_value(values[name]), ":=" if pair else ":")
        if pair and all(values.get(column) is not None for column in pair):
            kind, number = (self.part_value(values[column]) for column in pair)
            return f"{escaped(kind, ':=')}={escaped(number, ':')}"
        missing = self.leaves[name]
        others = f" (or {' with '.join(self.leaves[column].name for column in pair)})" if pair else ""
        message = f"{missing.name}{others} is required: it is a part of the key."
        faults.append(Fault(missing.treekey, "required", message))
        return None

    def part_value(self, value: Any) -> str:
        return value.isoformat() if hasattr(value, "isoformat") else self.text(value)

    def split(self, key: str, faults: list[Fault]) -> Values:
        """Return the parts that a key holds, by column."""
        assert self.composite is not None  # noqa: S101 (asked by settle)
        texts = parts_of(key)
        if len(texts) != len(self.composite.parts):
            message = f"{self.field.name} must have {len(self.composite.parts)} parts, joined by colons."
            faults.append(Fault(self.field.treekey, "invalid_key", message, shown(key)))
            return {}
        columns = [
            pair for part, text in zip(self.composite.parts, texts, strict=True) for pair in columns_of(part, text)
        ]
        return {column: self.read_part(column, text, faults) for column, text in columns}

    def read_part(self, column: str, text: str, faults: list[Fault]) -> Any:
        leaf = self.leaves[column]
        try:
            return leaf.reader.read(text) if leaf.reader else text
        except Invalid as exc:
            faults.append(Fault(leaf.treekey, exc.code, f"{leaf.name} in the key {exc.message}.", shown(text)))
            return None

    def finish(self, values: Values, key: Any, faults: list[Fault]) -> str | None:
        if key is None:
            faults.append(Fault(self.field.treekey, "required", f"{self.field.name} is required: it is the key."))
            return None
        try:
            values[self.column] = checked(key) if isinstance(key, str) else key
        except Invalid as exc:
            faults.append(Fault(self.field.treekey, exc.code, f"{self.field.name} {exc.message}.", shown(key)))
            return None
        return self.text(key)

    def add_mismatch(self, faults: list[Fault], subject: str, received: str) -> None:
        message = f"{subject} name different records; send one of them, or the same."
        faults.append(Fault(self.field.treekey, "key_mismatch", message, shown(received)))


def is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def checked(key: str) -> str:
    """Return a key that can be addressed again.

    Raises:
        Invalid: it is blank, too long, or has characters that nobody sees.
    """
    if not key.strip():
        raise Invalid("blank", "must not be blank")
    if len(key) > KEY_LENGTH:
        raise Invalid("too_long", f"may have at most {KEY_LENGTH} characters; it has {len(key)}")
    if not is_printable(key):
        raise Invalid("invalid_character", "must not contain control or invisible formatting characters")
    return key


def escaped(text: str, separators: str) -> str:
    """Return a text with a backslash before every separator and backslash in it.

    `=` is a separator where a part has an alternative: the code `a=b` and the number `b` of the kind `a` are two.
    """
    return re.sub(rf"[\\{separators}]", r"\\\g<0>", text)


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def parts_of(key: str) -> list[str]:
    """Return the parts of a key, still escaped."""
    return re.findall(r"((?:\\.|[^:\\])*):", f"{key}:", re.DOTALL)


def columns_of(part: Part, text: str) -> list[tuple[str, str]]:
    """Return the columns that a part of a key fills, with their texts."""
    if isinstance(part, str):
        return [(part, unescaped(text))]
    name, pair = part
    both = re.fullmatch(r"((?:\\.|[^=\\])*)=(.*)", text, re.DOTALL)
    if both is None:
        return [(name, unescaped(text))]
    return [(pair[0], unescaped(both[1])), (pair[1], unescaped(both[2]))]
