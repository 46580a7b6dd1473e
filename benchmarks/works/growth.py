"""What takes no longer where there is more: the same requests at ten thousand products and at a million.

There are as many deliveries, and with GROWTH=1 ten million of each besides. One client asks, and what is compared is
the median time of an answer; the requests are spread over all that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from django.conf import settings
from django.db import connections

from benchmarks.asking import Asker
from benchmarks.bench import Bench
from benchmarks.ground import KINDS, Ground
from benchmarks.grown import grown
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

SMALL, LARGE, HUGE = 10_000, 1_000_000, 10_000_000


def run(bench: Bench) -> Iterator[Comparison]:
    large = [bench.size(LARGE, quick=100_000), *([HUGE] if bench.growth else [])]
    person = {"Cookie": session()}
    with grown(bench, [SMALL, *large]) as ports:
        dsync = {"Content-Type": "application/json", **bench.ours.headers}
        grounds = {n: Ground(n, Asker(port, dsync), Asker(port, person)) for n, port in ports.items()}
        for name, ask in KINDS.items():
            yield from compared(bench, name, {n: partial(ask, ground) for n, ground in grounds.items()})


def session() -> str:
    """Return the cookie of an administrator, whom the copies of our database have as well."""
    from django.contrib.auth.models import User  # noqa: PLC0415 (models can be imported only now)
    from django.test import Client  # noqa: PLC0415

    browser = Client()
    browser.force_login(User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("benchmark"))
    connections.close_all()  # A database that somebody uses is not copied.
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def compared(bench: Bench, name: str, asked: dict[int, Callable[[int], Iterator[float]]]) -> Iterator[Comparison]:
    """Ask all in turns, and compare each with the smallest."""
    times = bench.size(100, quick=20)
    sides = {f"{count:,}": partial(typical, ask, times) for count, ask in asked.items()}
    small, *large = interleaved(bench, sides, rounds=bench.size(5, quick=2)).items()
    for count, taken in large:
        peer = f"the same with {small[0]}"
        yield Comparison(f"growth, {name}, {count}", peer, taken, small[1], "ms", Goal(1.5, at_most=True))


def typical(ask: Callable[[int], Iterator[float]], times: int) -> float:
    return median(ask(times))
