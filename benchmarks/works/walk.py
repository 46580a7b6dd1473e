"""Read a million products in pages of 100: pages spread over the table, pages one after another, and deep ones.

DRF's numbered pages are fewer, for they would take minutes; what is compared is pages per second. The limit is
PostgreSQL handing the rows of as many pages over by COPY.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.bench import Bench
from benchmarks.catalogues import fill
from benchmarks.pages import SIZE, Reader
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

PAGES = 200
STRETCH = 100
FEW = 40  # pages of PageNumberPagination, spread as evenly: all would take minutes.
NUMBERED = "DRF PageNumberPagination"
CURSORS = "DRF CursorPagination"
LIMIT = "COPY TO of the rows"
COPY = "COPY (SELECT * FROM entities_product ORDER BY id LIMIT {}) TO STDOUT"


def run(bench: Bench) -> Iterator[Comparison]:
    products = bench.size(1_000_000, quick=100_000)
    fill(bench, products)
    token = {"Authorization": bench.theirs.headers["Authorization"]}
    with bench.ours.web() as web, bench.theirs.web("paged") as paged:
        ours = Reader(web, "/api/sync/items/", bench.ours.headers)
        numbered, cursors = Reader(paged, "/products/", token), Reader(paged, "/cursors/", token)
        walk = Walk(bench, products // SIZE)
        yield from walk.spread(ours, numbered)
        yield from walk.in_order(ours, cursors)
        yield from walk.deep(ours, numbered)


@dataclass(frozen=True)
class Walk:
    """The comparisons, over a table of so many pages."""

    bench: Bench
    pages: int

    def spread(self, ours: Reader, numbered: Reader) -> Iterator[Comparison]:
        """Read pages spread evenly; ours opens its walk with the first, and finds all boundaries on its way."""
        pages = range(1, self.pages + 1, self.pages // PAGES)
        some = pages[:: PAGES // FEW]
        sides = {
            "ours": lambda: 1000 * len(pages) / sum(ours.times(pages)),
            NUMBERED: lambda: 1000 * len(some) / sum(numbered.times(some)),
        }
        rates = interleaved(self.bench, sides, rounds=self.bench.size(3, quick=2), warm_up=False)
        yield Comparison("walk", NUMBERED, rates["ours"], rates[NUMBERED], "pages/s", Goal(15))

    def in_order(self, ours: Reader, cursors: Reader) -> Iterator[Comparison]:
        """Read pages one after another; ours opens its walk with the first."""
        sides = {
            "ours": lambda: 1000 * PAGES / sum(ours.times_by_cursor(PAGES)),
            CURSORS: lambda: 1000 * PAGES / sum(cursors.times_by_cursor(PAGES)),
            LIMIT: self.copied,
        }
        rates = interleaved(self.bench, sides, rounds=self.bench.size(5, quick=2))
        yield Comparison("walk", CURSORS, rates["ours"], rates[CURSORS], "pages/s", Goal(5))
        yield Comparison("walk", LIMIT, rates["ours"], rates[LIMIT], "pages/s")

    def copied(self) -> float:
        """Return how many pages a second COPY hands over, as rows of text."""
        with self.bench.ours.database() as connection, connection.cursor() as cursor:
            started = time.perf_counter()
            with cursor.copy(COPY.format(PAGES * SIZE).encode()) as rows:
                for _ in rows:
                    pass
            return PAGES / (time.perf_counter() - started)

    def deep(self, ours: Reader, numbered: Reader) -> Iterator[Comparison]:
        """Compare the last hundred pages with the first; boundaries are found too seldom to move a median."""
        ours.times([1, self.pages])
        first, last = range(1, STRETCH + 1), range(self.pages - STRETCH + 1, self.pages + 1)
        sides = {
            "ours, deep": lambda: median(ours.times(last)),
            "ours, first": lambda: median(ours.times(first)),
            "DRF, deep": lambda: median(numbered.times(last[-FEW:])),
            "DRF, first": lambda: median(numbered.times(first[:FEW])),
        }
        times = interleaved(self.bench, sides, rounds=self.bench.size(3, quick=2), warm_up=False)
        limit = Goal(1.3, at_most=True)
        yield Comparison("deep", "its own first pages", times["ours, deep"], times["ours, first"], "ms", limit)
        yield Comparison("deep", "DRF's deep against DRF's first", times["DRF, deep"], times["DRF, first"], "ms")
