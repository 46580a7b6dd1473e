"""A form: the members of a body, by which a create and a change are read, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.edge.errors import Fault
from connector.edge.strict_json import below, read_object
from partners.fields.field import Field, Group
from partners.fields.sent import Sent


@dataclass(frozen=True)
class Form:
    members: tuple[Field | Group, ...]
    read_only: frozenset[str] = frozenset()

    def of_new(self, raw: bytes) -> Sent:
        """Return what a create says, with the defaults of what it leaves out."""
        body, sent = self._read(raw, {member.name: member for member in self.members})
        if body is not None:
            for member in self.members:
                if member.name not in body:
                    member.absent(sent)
            sent.add(self.gaps(sent.values))
        return sent

    def of_change(self, raw: bytes) -> Sent:
        """Return what a change says; whether its groups are whole depends on what is stored, too."""
        changeable = {member.name: member for member in self.members if not member.fixed}
        _, sent = self._read(raw, changeable)
        if not sent.values and not sent.faults:
            message = f"At least one of these must be sent: {', '.join(changeable)}."
            sent.add([Fault("", "nothing_sent", message)])
        return sent

    def gaps(self, held: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what groups would lack, were these the values of the columns."""
        for member in self.members:
            yield from member.gaps(held)

    def columns(self) -> dict[str, str]:
        """Return the place of every value in a body, with its column."""
        return {place: column for member in self.members for place, column in member.columns().items()}

    def stored(self, row: object) -> dict[str, Any]:
        """Return what a row holds, by column."""
        return {column: getattr(row, column) for column in self.columns().values()}

    def _read(self, raw: bytes, taken: Mapping[str, Field | Group]) -> tuple[Mapping[str, Any] | None, Sent]:
        body, faults = read_object(raw)
        sent = Sent(faults=faults)
        for name, value in (body or {}).items():
            if name in taken:
                taken[name].read(value, sent)
            else:
                sent.blame(below("", name), *self._refusal(name))
        return body, sent

    def _refusal(self, name: str) -> tuple[str, str]:
        if name in self.read_only:
            return "read_only", "is read only"
        if any(member.name == name for member in self.members):
            return "not_updatable", "cannot be updated"
        return "unknown_field", "is not known"
