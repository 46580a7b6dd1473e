"""What came out: one row for each comparison, as JSON for programs and as a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.rounds import Samples

HEAD = ("work", "peer", "ours", "theirs", "unit", "ratio", "goal", "met")


@dataclass(frozen=True)
class Goal:
    """The ratio that is promised: at least, or at most."""

    ratio: float
    at_most: bool = False

    def met(self, ratio: float) -> bool:
        return ratio <= self.ratio if self.at_most else ratio >= self.ratio

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.ratio:g}"


@dataclass(frozen=True)
class Comparison:
    """One work beside one peer; the ratio is ours to theirs, and without a goal it is only told."""

    work: str
    peer: str
    ours: Samples
    theirs: Samples
    unit: str
    goal: Goal | None = None

    @property
    def ratio(self) -> float:
        return self.ours.median / self.theirs.median

    @property
    def met(self) -> bool | None:
        return self.goal.met(self.ratio) if self.goal else None

    def as_json(self) -> dict[str, Any]:
        return {
            "work": self.work,
            "peer": self.peer,
            "ours": round(self.ours.median, 4),
            "theirs": round(self.theirs.median, 4),
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
            "goal": self.goal.ratio if self.goal else None,
            "met": self.met,
        }

    def cells(self) -> list[str]:
        met = {None: "", True: "yes", False: "NO"}[self.met]
        goal = str(self.goal or "")
        return [self.work, self.peer, str(self.ours), str(self.theirs), self.unit, f"{self.ratio:.2f}", goal, met]


@dataclass
class Report:
    """The comparisons of a run, written anew after each work: what was not run is absent."""

    folder: Path
    about: Mapping[str, Any]
    rows: list[Comparison] = field(default_factory=list)

    def add(self, rows: Iterable[Comparison]) -> None:
        self.rows.extend(rows)
        (self.folder / "results.json").write_text(json.dumps([row.as_json() for row in self.rows], indent=2) + "\n")
        (self.folder / "table.txt").write_text(self.table())

    def table(self) -> str:
        """Return medians with what lay around them (lowest to highest), and ratios."""
        lines = [list(HEAD), *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        about = ", ".join(f"{name}: {value}" for name, value in self.about.items())
        return "\n".join([*text, "", about, ""])
