"""The web server is killed, restarted and told to end while it answers."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.acceptance.faults import children_of, kill, send_signal
from tests.storm.case import Storm, case

if TYPE_CHECKING:
    import psutil

SECONDS = 60.0
FORKING = {"web": 4, "worker": 4, "effects": 1, "files": 1}  # How often each is chosen.
SINGLE = {"dispatcher": 2, "beat": 1}


def victim(storm: Storm) -> tuple[str, psutil.Process]:
    """Choose a process of ours: mostly one that does the work, sometimes one that others hang on."""
    chosen = FORKING | SINGLE
    name = storm.random.choices([*chosen], weights=[*chosen.values()])[0]
    first = storm.stack.programs.named(name)
    children = children_of(first) if name in FORKING else []
    if children and storm.random.random() < 0.7:
        return f"a child of {name}", storm.random.choice(children)
    return name, first


@case()
def storm_of_kills(storm: Storm) -> None:
    """Processes of every kind are killed at random for a minute."""
    with storm.load() as load:
        for _ in storm.moments(SECONDS, 0.5, 2.5):
            name, process = victim(storm)
            storm.fault(f"SIGKILL to {name}", times=kill(process))
    storm.settle(load)


@case()
def polite_ends(storm: Storm) -> None:
    """SIGTERM comes to every kind of process at random moments; what is in hand is finished or given back."""
    with storm.load() as load:
        for _ in storm.moments(SECONDS / 2, 0.5, 3):
            name, process = victim(storm)
            storm.fault(f"SIGTERM to {name}", times=send_signal(process, signal.SIGTERM))
    storm.settle(load)


@case()
def rolling_restarts(storm: Storm) -> None:
    """Gunicorn replaces its workers under load; nobody meets an error that a repeat does not mend."""
    with storm.load() as load:
        for _ in storm.moments(SECONDS / 2, 3, 5):
            storm.fault("SIGHUP to web", times=send_signal(storm.stack.programs.named("web"), signal.SIGHUP))
    storm.settle(load)


@case()
def killed_around_the_commit(storm: Storm) -> None:
    """The web process is killed before the commit, and between commit and answer."""
    for moment in ("web-before-commit", "web-before-answer"):
        storm.stack.orders.give(moment, signal.SIGKILL, times=5)
    with storm.load(writes=100) as load:
        pass
    storm.fault("SIGKILL around a commit", times=10 - len(storm.stack.orders.open()))
    assert not storm.stack.orders.open()
    storm.settle(load)
