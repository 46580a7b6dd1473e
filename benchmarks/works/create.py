"""Create one product and answer 201 when it is durable: inline, beside what others would write."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.creation import DRF, FASTAPI, LIMIT, NINJA, UNIT, rates
from benchmarks.results import Comparison, Goal

STORED = """
    SELECT count(*) FROM sync_delivery JOIN entities_product ON last_delivery = sync_delivery.id
    WHERE state = 'applied'
"""


def run(bench: Bench) -> Iterator[Comparison]:
    measured = rates(bench, status=201, stored=STORED)
    for peer, goal in ((DRF, 3.5), (NINJA, 1), (FASTAPI, 1), (LIMIT, 0.25)):
        yield Comparison("create", peer, measured["ours"], measured[peer], UNIT, Goal(goal))
