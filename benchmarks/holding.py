"""Memory that is held over time: what is compared is its last quarter with its first."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil

from benchmarks.parts import MIB
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import Samples

EVERY = 0.1  # seconds
PEER = "its own first quarter"


def held(work: str, sizes: Sequence[float]) -> Comparison:
    """Compare the MiB of the last quarter with those of the first; flat is what they are promised to be."""
    quarter = -(-len(sizes) // 4)
    return Comparison(work, PEER, Samples(sizes[-quarter:]), Samples(sizes[:quarter]), "MiB", Goal(1.1, at_most=True))


@contextmanager
def watched(sizes: list[float]) -> Iterator[None]:
    """Have the MiB of this very process noted all the time until the block ends."""
    over = threading.Event()

    def watch() -> None:
        process = psutil.Process()
        while not over.wait(EVERY):
            sizes.append(process.memory_info().rss / MIB)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
