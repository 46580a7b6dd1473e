"""Open a walk over a million products, against a count of the table; then walk all of it and look at the memory."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.catalogues import fill
from benchmarks.holding import held
from benchmarks.pages import SIZE, Reader
from benchmarks.parts import WEB, resident
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

COUNT = "count(*) of the table"
QUARTERS = 4
EVERY = 5  # pages; all boundaries are found on the way


def run(bench: Bench) -> Iterator[Comparison]:
    products = bench.size(1_000_000, quick=100_000)
    fill(bench, products)
    with bench.ours.web() as web:
        reader = Reader(web, "/api/sync/items/", bench.ours.headers)
        yield opening(bench, reader)
        yield memory(bench, reader, products // SIZE)


def opening(bench: Bench, reader: Reader) -> Comparison:
    """Compare the whole answer that opens a walk, its first page in it, with the count of a database client."""
    with bench.ours.database() as connection:

        def counting() -> float:
            started = time.perf_counter()
            connection.execute("SELECT count(*) FROM entities_product").fetchone()
            return (time.perf_counter() - started) * 1000

        sides = {"opening": lambda: reader.times([1])[0], COUNT: counting}
        times = interleaved(bench, sides, rounds=bench.size(15, quick=5))
    return Comparison("opening", COUNT, times["opening"], times[COUNT], "ms", Goal(1.5, at_most=True))


def memory(bench: Bench, reader: Reader, pages: int) -> Comparison:
    """Compare what the web server's processes hold after the last quarter of a walk and after the first."""
    sizes, quarter = [], pages // QUARTERS
    for number in range(QUARTERS):
        reader.times(range(number * quarter + 1, (number + 1) * quarter + 1, EVERY))
        sizes.append(resident(WEB))
        bench.tell(f"  {(number + 1) * quarter:,} pages: {sizes[-1]:.1f} MiB")
    return held("walk-memory", sizes)
