"""The process that finds what nobody was told about; two of them do no harm.

It wakes workers while there is work, applies work itself while the broker is away or no worker lives, measures the
backlog, counts what came, removes what is old, lets go on what waits for nothing, notes how far the transactions
are, and does what upper rooms have it do.
"""

from __future__ import annotations

from threading import Event, Thread

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from connector.edge.health import pulse
from connector.edge.login.tidying import tidy
from connector.edge.logs import outline
from entities.epoch import rise_above_rows
from sync.applying import lanes, runner, strays
from sync.keeping import floors
from sync.keeping.horizon import Horizon
from sync.keeping.partitions import extend
from sync.keeping.pruning import KINDS, prune_changes
from sync.serving import milestones
from sync.watching import backlog, traffic
from sync.work import chores, rounds, wake
from sync.work.pace import Pace

log = structlog.get_logger(__name__)

PAUSE = 0.25
MEASURE_EVERY = 1.0
COUNT_EVERY = 5.0
ROUNDS_EVERY = 5.0
TIDY_EVERY = 10.0
DROP_EVERY = 60.0
MARK_EVERY = 60.0  # It is how much more is served than what was changed since a time.
OWN_WORK_SECONDS = 10.0  # It takes 6 s to find that a broker is away.


def dispatch(stop: Event) -> None:
    """Look after the backlog until told to stop; a database that is away is waited for."""
    measuring, counting, tidying, marking = map(Pace, (MEASURE_EVERY, COUNT_EVERY, TIDY_EVERY, MARK_EVERY))
    making_rounds, dropping = Pace(ROUNDS_EVERY), Pace(DROP_EVERY)
    aside = Thread()
    horizon, place = Horizon(), strays.START
    while not stop.wait(PAUSE):
        try:
            if measuring.is_due():
                backlog.measure()
            look()
            if counting.is_due() and not traffic.keep(horizon):
                counting.hurry()
            if making_rounds.is_due():
                rounds.make()
            if marking.is_due():
                rise_above_rows()
                milestones.mark()
            if tidying.is_due():
                prune_some()
                place = free_strays(place)
            if dropping.is_due() and not aside.is_alive():
                aside = Thread(target=drop_some, name="dropping", daemon=True)
                aside.start()
        except (DatabaseError, InterfaceError) as exc:
            log.warning("dispatcher_waits", **outline(exc))
            stop.wait(1.0)
        finally:
            close_old_connections()


def look() -> None:
    """Wake workers where there is work; without a broker, or a worker that lives, do it here."""
    pulse.record("dispatcher")
    has_work = lanes.have_work() or chores.are_due()
    if has_work and not (wake.send() and pulse.is_heard("worker")):
        runner.run(OWN_WORK_SECONDS)
        chores.run(OWN_WORK_SECONDS)


def prune_some() -> None:
    """Remove one batch of each kind of what is old enough, and sessions that are over.

    A file that cannot be removed holds up nothing.
    """
    for kind in KINDS:
        try:
            next(kind.prune(None), None)
        except OSError as exc:
            log.warning("not_pruned", kind=kind.noun, **outline(exc))
    prune_changes()
    traffic.prune()
    tidy()


def drop_some() -> None:
    """Make room in the journal ahead, note where work begins, and remove what can go as a whole; it may take minutes.

    What fails of it is tried again: writes find a partition in any case, and rows that are late go one by one.
    """
    try:
        extend()
        floors.note()
        for kind in KINDS:
            for count in kind.drop(None):
                log.info("dropped", kind=kind.noun, count=count)
    except (DatabaseError, InterfaceError) as exc:
        log.warning("not_dropped", **outline(exc))
    finally:
        connections.close_all()


def free_strays(place: strays.Place) -> strays.Place:
    """Look at some of what waits; return where to look next time."""
    count, place = strays.free(place)
    if count:
        log.warning("strays_freed", count=count)
    return place
