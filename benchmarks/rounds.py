"""Measuring sides in turns, so that whatever else the machine does meets all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.bench import Bench

Side = Callable[[], float]


@dataclass(frozen=True)
class Samples:
    """What one side measured, round by round."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        return f"{figure(self.median)} ({figure(min(self.values))} to {figure(max(self.values))})"


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def interleaved(bench: Bench, sides: Mapping[str, Side], *, rounds: int, warm_up: bool = True) -> dict[str, Samples]:
    """Measure each side once a round; a round that warms up does not count."""
    values: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(0 if warm_up else 1, rounds + 1):
        measured = {name: side() for name, side in sides.items()}
        bench.tell(f"  round {number or 'warm-up'}: " + ", ".join(f"{n} {figure(v)}" for n, v in measured.items()))
        for name, value in measured.items():
            values[name] += [value] if number else []
    return {name: Samples(of_side) for name, of_side in values.items()}
