"""Judge a product of 21 fields, and one with six faults of which all are named, beside DRF's serializer and pydantic.

No server and no database: what is measured is from the bytes of a body to its values or its faults, in one thread.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.load import BODY
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved
from benchmarks.validations import BAD, FAULTS, Judged

DRF = "DRF ModelSerializer"
PYDANTIC = "pydantic"


def run(bench: Bench) -> Iterator[Comparison]:
    yield from compared(bench, "validate", Judged(bench, BODY))
    yield from compared(bench, "validate, bad", Judged(bench, BAD, tuple(FAULTS)))


def compared(bench: Bench, work: str, judged: Judged) -> Iterator[Comparison]:
    times = bench.size(60_000, quick=2_000)  # For some tenths of a second on the quickest side.
    sides = {
        "ours": lambda: judged.by_us(times),
        DRF: lambda: judged.by_peer("drf", times // 100),
        PYDANTIC: lambda: judged.by_peer("pydantic", times),
    }
    rates = interleaved(bench, sides, rounds=bench.size(5, quick=2))
    for peer, goal in ((DRF, 20), (PYDANTIC, 2)):
        yield Comparison(work, peer, rates["ours"], rates[peer], "bodies/s", Goal(goal))
