"""The resident memory of a worker process over many deliveries, and of the web server over many writes.

What comes last is compared with what comes first, after a portion that does not count. Importers: see `imports`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.backlogs import apply, distinct, our_workers
from benchmarks.bench import Bench
from benchmarks.holding import held
from benchmarks.load import Load, Target
from benchmarks.parts import WEB, WORKERS, resident
from benchmarks.results import Comparison

PORTIONS = 8


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    portion = bench.size(120_000, quick=16_000) // PORTIONS
    with our_workers(bench.ours, processes=1):
        yield over(bench, WORKERS, lambda: apply(bench.ours, distinct(portion)))
    bench.clean()
    seconds = bench.size(3, quick=1)
    with bench.ours.web() as port:
        yield over(bench, WEB, Load(Target(port, "//entity/product", bench.ours.headers), seconds=seconds).rate)


def over(bench: Bench, part: str, portion: Callable[[], float]) -> Comparison:
    """Return how much a part holds after each portion, which tells how quick it was."""
    sizes = []
    for number in range(PORTIONS + 1):
        rate = portion()
        sizes.append(resident(part))
        bench.tell(f"  {part}, portion {number or 'of the warm-up'}: {sizes[-1]:.1f} MiB ({rate:,.0f}/s)")
    return held(f"memory, {part}", sizes[1:])
