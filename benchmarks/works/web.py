"""Create products inline with one, two and four processes of the web server; what was at its limit is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from benchmarks.bench import Bench
from benchmarks.creation import UNIT
from benchmarks.load import Load, Target
from benchmarks.parts import Usage
from benchmarks.results import Comparison
from benchmarks.rounds import interleaved
from benchmarks.scaling import PROCESSES, Scaling


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    scaling = Scaling(bench, "web", UNIT)
    with ExitStack() as stack:
        ports = {number: stack.enter_context(bench.ours.web(WEB_WORKERS=str(number))) for number in PROCESSES}
        sides = {f"{number}": partial(scaling.measure, number, partial(load, bench, ports[number])) for number in ports}
        rates = interleaved(bench, sides, rounds=bench.size(3, quick=2))
    scaling.rates = {number: rates[f"{number}"] for number in PROCESSES}
    yield from scaling.compared()


def load(bench: Bench, port: int, _usage: Usage) -> float:
    return Load(Target(port, "//entity/product", bench.ours.headers), seconds=bench.size(3, quick=1)).rate()
