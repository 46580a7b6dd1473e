"""The two kinds of member that a body has: a field of its own, and a group of fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.edge.errors import Fault
from connector.edge.strict_json import below
from partners.fields.readers import Reader
from partners.fields.sent import Sent


@dataclass(frozen=True)
class Field:
    """A member that is a column; `null` clears it, unless it is required or has a default."""

    name: str
    reader: Reader
    required: bool = False
    fixed: bool = False  # Said in a create, and never changed.
    default: Any = None
    named: str = ""  # The column, where it has another name.

    @property
    def column(self) -> str:
        return self.named or self.name

    @property
    def takes_null(self) -> bool:
        return not self.required and self.default is None

    def read(self, value: Any, sent: Sent) -> None:
        if value is not None:
            sent.read(self.reader, value, self.column, self.name)
        elif not self.takes_null:
            sent.blame(self.name, "null", "must not be null")
        else:
            sent.values[self.column] = None

    def absent(self, sent: Sent) -> None:
        """Read that a create says nothing here."""
        if self.required:
            sent.blame(self.name, "required", "is required")
        elif self.default is not None:
            sent.values.setdefault(self.column, self.default)

    def columns(self) -> dict[str, str]:
        """Return the places of its values in a body, each with its column."""
        return {self.name: self.column}

    def gaps(self, _held: Mapping[str, Any]) -> Iterator[Fault]:
        yield from ()


@dataclass(frozen=True)
class Group:
    """A member that is an object, stored in columns that begin with its name; `null` clears all of it.

    Of a `whole` group all members are stored or none. A change may send a part of it, when what is stored and what is
    sent are whole together.
    """

    name: str
    readers: Mapping[str, Reader]
    whole: bool = True
    aliases: Mapping[str, str] = field(default_factory=dict)
    fixed: bool = False

    def read(self, value: Any, sent: Sent) -> None:
        if value is None:
            sent.values.update(dict.fromkeys(self.columns().values()))
        elif not isinstance(value, dict):
            sent.blame(self.name, "not_an_object", "must be an object or null")
        else:
            self._read_members(value, sent)

    def _read_members(self, members: Mapping[str, Any], sent: Sent) -> None:
        for sent_name, value in members.items():
            name = self.aliases.get(sent_name, sent_name)
            place = below(self.name, sent_name)
            if name not in self.readers:
                sent.blame(place, "unknown_field", "is not known")
            elif name != sent_name and name in members:
                sent.blame(place, "repeated", f"says the same as {self.name}.{name}: send one of them")
            elif value is None:
                sent.values[self.column(name)] = None
            else:
                sent.read(self.readers[name], value, self.column(name), f"{self.name}.{name}")

    def absent(self, sent: Sent) -> None:
        """Take that a create says nothing here: no group is required."""

    def column(self, name: str) -> str:
        return f"{self.name}_{name}"

    def columns(self) -> dict[str, str]:
        return {f"{self.name}.{name}": self.column(name) for name in self.readers}

    def gaps(self, held: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is missing, were these the values of the columns."""
        missing = [place for place, column in self.columns().items() if held.get(column) is None]
        if self.whole and len(missing) < len(self.readers):
            for place in missing:
                yield Fault(place, "required", f"{place} is required with the other fields of {self.name}.")
