from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connector.edge.errors import FAULTS_TOLD, Fault, add_faults
from partners.errors import BodyRefused
from partners.fields.readers import Reader, Unfit


@dataclass
class Sent:
    """What a body says, by column, and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, place: str, code: str, rule: str) -> None:
        self.add([Fault(place, code, f"{place} {rule}.")])

    def add(self, faults: Iterable[Fault]) -> None:
        """Add the faults of places of which nothing is told yet, as long as anybody is told more."""
        if len(self.faults) <= FAULTS_TOLD:
            add_faults(self.faults, faults)

    def read(self, reader: Reader, value: Any, column: str, place: str) -> None:
        """Read a value, but for one of whose form something is told: what JSON allows the database may not take."""
        if any(fault.treekey == place for fault in self.faults):
            return
        try:
            self.values[column] = reader(value)
        except Unfit as unfit:
            for breach in unfit.breaches:
                self.blame(f"{place}{breach.place}", breach.code, breach.rule)

    def check(self) -> None:
        """Go on where nothing is wrong.

        Raises:
            BodyRefused: with every fault that was found.
        """
        if self.faults:
            raise BodyRefused(faults=self.faults)
