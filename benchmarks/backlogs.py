"""Our worker processes apply a backlog that was stored before the clock starts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import deliveries
from benchmarks.deliveries import Product
from benchmarks.ours import Ours
from benchmarks.parts import Usage
from connector.edge.health import pulse
from connector.stack.waiting import Waiting

WORKERS = 2
PATIENCE = 300
ROUNDS = itertools.count()  # Keys begin with the round's number: no two backlogs of distinct products share a record.
WAITS = "SELECT EXISTS (SELECT FROM sync_delivery WHERE state IN ('accepted', 'retrying'))"
APPLIED = """
    SELECT count(*), count(*) FILTER (WHERE state <> 'applied'), extract(epoch FROM max(finished_at) - %s)
    FROM sync_delivery WHERE id > %s
"""


@contextmanager
def our_workers(ours: Ours, *, processes: int = WORKERS) -> Iterator[None]:
    """Have worker processes, the dispatcher and beat, warmed up.

    Where no worker is heard of, which beat asks them for, the dispatcher applies as well.
    """
    with ours.program("dispatcher"), ours.program("worker", f"--concurrency={processes}"), ours.program("beat"):
        Waiting().until(lambda: pulse.is_heard("worker"), "our workers", seconds=PATIENCE)
        apply(ours, distinct(1000))
        yield


def distinct(count: int) -> Iterator[Product]:
    return deliveries.creations(f"round-{next(ROUNDS)}", count)


def apply(ours: Ours, products: Iterator[Product], *, usage: Usage | None = None) -> float:
    """Return how many deliveries a second our workers apply.

    The clock starts at the commit that shows the backlog to them, and ends with the time of the last delivery.
    """
    usage = usage or Usage()
    with ours.database() as connection:
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM sync_delivery").fetchone() or (0,)
        with connection.transaction():
            deliveries.store(connection, ours.client_id, products)
            (started,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
            usage.begin()
        Waiting().until(lambda: connection.execute(WAITS).fetchone() == (False,), "our workers", seconds=PATIENCE)
        count, others, seconds = connection.execute(APPLIED, [started, last]).fetchone() or (0, 0, 0)
    if others:
        raise AssertionError(f"{others} of {count} deliveries were not applied.")
    return float(count / seconds)
