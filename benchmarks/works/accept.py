"""Accept one product for later and answer 202 when that is durable, against the same DRF create.

No worker runs: applying what was accepted is the work `backlog`.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.creation import DRF, LIMIT, UNIT, rates
from benchmarks.results import Comparison, Goal

STORED = "SELECT count(*) FROM sync_delivery WHERE state = 'accepted'"


def run(bench: Bench) -> Iterator[Comparison]:
    measured = rates(bench, status=202, stored=STORED, Prefer="respond-async")
    yield Comparison("accept", DRF, measured["ours"], measured[DRF], UNIT, Goal(5))
    yield Comparison("accept", LIMIT, measured["ours"], measured[LIMIT], UNIT)
