"""The same work by one process and by more of them: what each number reaches, and what it is limited by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.bench import Bench
from benchmarks.parts import Usage
from benchmarks.results import Comparison
from benchmarks.rounds import Samples

PROCESSES = (1, 2, 4)


@dataclass
class Scaling:
    """What a work's processes reached by their number."""

    bench: Bench
    work: str
    unit: str
    rates: dict[int, Samples] = field(default_factory=dict)
    limits: dict[int, str] = field(default_factory=dict)

    def measure(self, number: int, side: Callable[[Usage], float]) -> float:
        """Return what a side does in a second; it may have the usage begin later than now."""
        usage = Usage()
        usage.begin()
        rate = side(usage)
        self.limits[number] = usage.limit()
        return rate

    def compared(self) -> Iterator[Comparison]:
        for number, rates in self.rates.items():
            self.bench.note(f"{self.work} {number}: {rates} {self.unit}; at its limit: {self.limits[number]}")
            if number > 1:
                yield Comparison(f"{self.work}, {number} processes", "one process", rates, self.rates[1], self.unit)
