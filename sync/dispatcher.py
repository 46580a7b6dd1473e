"""The process that finds what nobody was told about; two of them do no harm.

It wakes workers while there is work, applies work itself while the broker is away or no worker lives, measures the
backlog, counts what came, removes what is old, lets go on what waits for nothing, and notes how far the transactions
are.
"""

from __future__ import annotations

import time
from threading import Event

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from connector.edge.health import pulse
from connector.edge.logs import outline
from sync import backlog, chores, lanes, milestones, runner, strays, traffic, wake
from sync.horizon import Horizon
from sync.pruning import prune, prune_changes

log = structlog.get_logger(__name__)

PAUSE = 0.25
MEASURE_EVERY = 1.0
COUNT_EVERY = 5.0
TIDY_EVERY = 10.0
MARK_EVERY = 60.0  # It is how much more is served than what was changed since a time.
OWN_WORK_SECONDS = 10.0  # It takes 6 s to find that a broker is away.


def dispatch(stop: Event) -> None:
    """Look after the backlog until told to stop; a database that is away is waited for."""
    measuring, counting, tidying, marking = map(Pace, (MEASURE_EVERY, COUNT_EVERY, TIDY_EVERY, MARK_EVERY))
    horizon, place = Horizon(), strays.START
    while not stop.wait(PAUSE):
        try:
            if measuring.is_due():
                backlog.measure()
            look()
            if counting.is_due() and not traffic.keep(horizon):
                counting.hurry()
            if marking.is_due():
                milestones.mark()
            if tidying.is_due():
                prune_some()
                place = free_strays(place)
        except (DatabaseError, InterfaceError) as exc:
            log.warning("dispatcher_waits", **outline(exc))
            stop.wait(1.0)
        finally:
            close_old_connections()


class Pace:
    """Tells when something is due again that is done every so many seconds; at once at first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic()

    def is_due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.seconds
        return True

    def hurry(self) -> None:
        """Have it due again at once: it was not all."""
        self.next = time.monotonic()


def look() -> None:
    """Wake workers where there is work; without a broker, or a worker that lives, do it here."""
    pulse.record("dispatcher")
    has_work = lanes.have_work() or chores.are_due()
    if has_work and not (wake.send() and pulse.is_heard("worker")):
        runner.run(OWN_WORK_SECONDS)
        chores.run(OWN_WORK_SECONDS)


def prune_some() -> None:
    """Remove one batch of what is old enough."""
    next(prune(), None)
    prune_changes()
    traffic.prune()


def free_strays(place: strays.Place) -> strays.Place:
    """Look at some of what waits; return where to look next time."""
    count, place = strays.free(place)
    if count:
        log.warning("strays_freed", count=count)
    return place
