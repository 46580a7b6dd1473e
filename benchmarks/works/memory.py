"""The resident memory of one worker process over half a million deliveries: its last quarter against its first."""

from __future__ import annotations

from collections.abc import Iterator

import psutil

from benchmarks.backlogs import apply, distinct, our_workers
from benchmarks.bench import Bench
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import Samples

PORTIONS = 10
MIB = 1024 * 1024


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    portion = bench.size(500_000, quick=50_000) // PORTIONS
    sizes = []
    with our_workers(bench.ours, processes=1) as worker:
        for number in range(1, PORTIONS + 1):
            rate = apply(bench.ours, distinct(portion))
            sizes.append(resident(worker))
            bench.tell(f"  {number * portion:,} deliveries: {sizes[-1]:.1f} MiB ({rate:,.0f} rows/s)")
    quarter = -(-PORTIONS // 4)
    first, last = Samples(sizes[:quarter]), Samples(sizes[-quarter:])
    yield Comparison("memory", "its own first quarter", last, first, "MiB", Goal(1.1, at_most=True))


def resident(worker: int) -> float:
    """Return the memory of the process that runs the tasks, the only child of Celery's first one."""
    (process,) = psutil.Process(worker).children()
    return float(process.memory_info().rss) / MIB
