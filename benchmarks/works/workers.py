"""Apply a backlog of distinct products with one, two and four worker processes; what was at its limit is told.

They follow each other, for all of them would take from one backlog.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.backlogs import apply, distinct, our_workers
from benchmarks.bench import Bench
from benchmarks.parts import Usage
from benchmarks.results import Comparison
from benchmarks.rounds import interleaved
from benchmarks.scaling import PROCESSES, Scaling


def run(bench: Bench) -> Iterator[Comparison]:
    scaling = Scaling(bench, "workers", "rows/s")
    for number in PROCESSES:
        bench.clean()
        with our_workers(bench.ours, processes=number):
            sides = {f"{number}": partial(scaling.measure, number, partial(backlog, bench))}
            rates = interleaved(bench, sides, rounds=bench.size(3, quick=2), warm_up=False)
        scaling.rates[number] = rates[f"{number}"]
    yield from scaling.compared()


def backlog(bench: Bench, usage: Usage) -> float:
    return apply(bench.ours, distinct(bench.size(20_000, quick=3_000)), usage=usage)
