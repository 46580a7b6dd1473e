"""Create one product and answer 201 when it is durable: inline, against DRF as its tutorial has it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.creation import DRF, LIMIT, UNIT, rates
from benchmarks.results import Comparison, Goal

STORED = """
    SELECT count(*) FROM sync_delivery JOIN entities_product ON last_delivery = sync_delivery.id
    WHERE state = 'applied'
"""


def run(bench: Bench) -> Iterator[Comparison]:
    measured = rates(bench, status=201, stored=STORED)
    yield Comparison("create", DRF, measured["ours"], measured[DRF], UNIT, Goal(3.5))
    yield Comparison("create", LIMIT, measured["ours"], measured[LIMIT], UNIT, Goal(0.25))
