"""Delete one product, against DRF's DELETE; ours is marked as deleted and told of, and counted by the guard."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.changing import STOCK, Change, rates
from benchmarks.creation import DRF, UNIT
from benchmarks.results import Comparison, Goal

DELETED = "SELECT count(*) FROM entities_product WHERE deleted_at IS NOT NULL"
GONE = f"SELECT {STOCK} - count(*) FROM catalogue_product"  # noqa: S608 (a number of ours)


def run(bench: Bench) -> Iterator[Comparison]:
    measured = rates(bench, Change("DELETE", b"", 200, DELETED), Change("DELETE", b"", 204, GONE))
    yield Comparison("delete", DRF, measured["ours"], measured[DRF], UNIT, Goal(3.5))
