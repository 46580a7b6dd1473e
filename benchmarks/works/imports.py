"""Import a partner's sales by SFTP, first into nothing, then with every row changed, beside dlt merging the same file.

The clock runs from asking for the file until all of it is stored. What a bad row in twenty costs is told besides.
A Singer target gets fewer rows, for it would take minutes; COPY alone is the limit.
There is one round: every other side has work for a minute or two, as good as rounds of less.

Our importer runs in this process. What it holds is noted over its second and its third import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from benchmarks.bench import Bench
from benchmarks.holding import held, watched
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved
from benchmarks.sales import Sales, served

DLT = "dlt, merge by upsert"
SINGER = "Singer, meltanolabs-target-postgres, upsert"
LIMIT = "COPY FROM into a table with a key"
BAD = "the same without the bad rows, ours"


def run(bench: Bench) -> Iterator[Comparison]:
    sizes: list[float] = []
    with served(bench, bench.size(1_000_000, quick=50_000)) as sales:

        def ours() -> float:
            with watched(sizes):
                return sales.ours()

        fewer = replace(sales, rows=bench.size(50_000, quick=10_000))
        sides = {
            "bad": partial(anew, sales, sales.ours, bad=0.05),
            "first": partial(anew, sales, ours),
            "again": partial(again, sales, ours),
            f"first {DLT}": partial(anew, sales, sales.theirs),
            f"again {DLT}": partial(again, sales, sales.theirs),
            f"first {SINGER}": partial(anew, fewer, fewer.by_singer),
            f"first {LIMIT}": partial(anew, sales, sales.by_copy),
        }
        rates = interleaved(bench, sides, rounds=1, warm_up=False)
    for name in ("first", "again"):
        yield Comparison(f"imports, {name}", DLT, rates[name], rates[f"{name} {DLT}"], "rows/s", Goal(6))
    for peer in (SINGER, LIMIT):
        yield Comparison("imports, first", peer, rates["first"], rates[f"first {peer}"], "rows/s")
    yield Comparison("imports, 5% bad", BAD, rates["bad"], rates["first"], "rows/s", Goal(0.8))
    yield held("memory, importer", sizes)


def anew(sales: Sales, side: Callable[[], float], *, bad: float = 0) -> float:
    """Return what a side does with the file where it has nothing yet."""
    sales.clean()
    sales.put("web", bad=bad)
    return side()


def again(sales: Sales, side: Callable[[], float]) -> float:
    """Return what a side does with the file when every row of it has changed."""
    sales.put("shop")
    return side()
