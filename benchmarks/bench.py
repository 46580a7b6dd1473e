"""What a work is handed: our side, the peers' side, and how much to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.ours import Ours
    from benchmarks.theirs import Theirs


@dataclass(frozen=True)
class Bench:
    ours: Ours
    theirs: Theirs
    quick: bool
    growth: bool = False
    notes: list[str] = field(default_factory=list)

    def size(self, full: int, *, quick: int) -> int:
        """Return how much to do: all of it, or enough to see that it works."""
        return quick if self.quick else full

    def clean(self) -> None:
        """Leave nothing of the work before, on either side."""
        self.ours.clean()
        self.theirs.clean()

    def note(self, text: str) -> None:
        """Tell what stands under the table as well."""
        self.notes.append(text)
        self.tell(f"  {text}")

    def tell(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
