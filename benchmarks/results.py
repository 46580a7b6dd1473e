"""What came out: one row for each comparison, as JSON for programs and as a table for people."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.plot import plot
from benchmarks.rounds import Samples

SHOWN = ("quick", "cores", "parser", "python", "postgresql", "valkey")  # The rest is in surroundings.json.
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
        return [self.work, self.peer, str(self.ours), str(self.theirs), self.unit, self.times, goal, met]

    @property
    def times(self) -> str:
        """Return the ratio for people, with a third place where it is small: beside a goal of 0.25, 0.248 is told."""
        return f"{self.ratio:.2f}" if self.ratio >= 1 else f"{self.ratio:.3f}"


@dataclass
class Report:
    """The comparisons of a run, written anew after each: what was not run is absent."""

    folder: Path
    about: Mapping[str, Any]
    notes: Sequence[str]
    rows: list[Comparison] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, work: str, rows: Iterable[Comparison]) -> None:
        """Take the rows of a work as it measures them, and how long all of it takes."""
        started = time.monotonic()
        for row in rows:
            self.rows.append(row)
            self.write()
        self.seconds[work] = round(time.monotonic() - started, 1)
        self.write()

    def write(self) -> None:
        self.keep("results.json", [row.as_json() for row in self.rows])
        self.keep("surroundings.json", {**self.about, "notes": self.notes, "seconds": self.seconds})
        (self.folder / "table.txt").write_text(self.table())
        (self.folder / "plot.svg").write_text(plot(self.rows))

    def keep(self, name: str, content: Any) -> None:
        (self.folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def table(self) -> str:
        """Return medians with what lay around them (lowest to highest), and ratios."""
        lines = [list(HEAD), *(row.cells() for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        about = ", ".join(f"{name}: {self.about[name]}" for name in SHOWN)
        return "\n".join([*text, "", *self.notes, *([""] if self.notes else []), about, ""])
