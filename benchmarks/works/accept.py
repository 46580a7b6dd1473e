"""Accept one product for later and answer 202 when that is durable, beside the same creates of others.

The limit is a single row that pgbench inserts into a table like that of our deliveries, with the same indexes.

No worker runs: applying what was accepted is the work `backlog`.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.creation import DRF, FASTAPI, LIMIT, NINJA, UNIT, rates
from benchmarks.inserts import INSERT, inserting
from benchmarks.results import Comparison, Goal

STORED = "SELECT count(*) FROM sync_delivery WHERE state = 'accepted'"


def run(bench: Bench) -> Iterator[Comparison]:
    with inserting(bench) as further:
        measured = rates(bench, status=202, stored=STORED, further=further, Prefer="respond-async")
    yield Comparison("accept", DRF, measured["ours"], measured[DRF], UNIT, Goal(5))
    for peer in (NINJA, FASTAPI, LIMIT, INSERT):
        if peer in measured:
            yield Comparison("accept", peer, measured["ours"], measured[peer], UNIT)
