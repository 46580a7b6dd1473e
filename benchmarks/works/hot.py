"""Apply many updates of a few hot records with two worker processes, against as many distinct products.

Celery's one task for each row, on the same records, is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.backlogs import apply, distinct, our_workers
from benchmarks.bench import Bench
from benchmarks.celery_rows import stock
from benchmarks.deliveries import creations, updates
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

RECORDS = 500
DISTINCT = "distinct products, ours"
STOCK = "Celery task per row, same records"


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    count, tasks = bench.size(30_000, quick=5_000), bench.size(1_000, quick=300)
    celery = stock(bench.theirs)
    with our_workers(bench.ours), celery.workers(creations("hot", RECORDS)):
        apply(bench.ours, creations("hot", RECORDS))
        sides = {
            "hot": lambda: apply(bench.ours, updates("hot", count, records=RECORDS)),
            DISTINCT: lambda: apply(bench.ours, distinct(count)),
            STOCK: lambda: celery.run(updates("hot", tasks, records=RECORDS)),
        }
        rates = interleaved(bench, sides, rounds=bench.size(3, quick=2), warm_up=False)
    yield Comparison("hot", DISTINCT, rates["hot"], rates[DISTINCT], "rows/s", Goal(1))
    yield Comparison("hot", STOCK, rates["hot"], rates[STOCK], "rows/s")
