"""Apply a backlog of distinct products with two worker processes, against one task for each row.

The peers get fewer rows, for they would take minutes; what is compared is rows per second.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import procrastinate_rows
from benchmarks.backlogs import apply, distinct, our_workers
from benchmarks.bench import Bench
from benchmarks.celery_rows import stock, tuned
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

STOCK = "Celery task per row, ORM update_or_create"
TUNED = "the same, Celery told to keep connections"
PROCRASTINATE = "procrastinate task per row, the same"


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    count, tasks = bench.size(30_000, quick=5_000), bench.size(1_000, quick=300)
    first, second = stock(bench.theirs), tuned(bench.theirs)
    with our_workers(bench.ours), first.workers(distinct(100)), second.workers(distinct(100)):
        sides = {
            "ours": lambda: apply(bench.ours, distinct(count)),
            STOCK: lambda: first.run(distinct(tasks)),
            TUNED: lambda: second.run(distinct(tasks)),
            PROCRASTINATE: lambda: procrastinate_rows.run(bench.theirs, distinct(tasks)),
        }
        rates = interleaved(bench, sides, rounds=bench.size(3, quick=2), warm_up=False)
    yield Comparison("backlog", STOCK, rates["ours"], rates[STOCK], "rows/s", Goal(20))
    for peer in (TUNED, PROCRASTINATE):
        yield Comparison("backlog", peer, rates["ours"], rates[peer], "rows/s")
