"""Workers are killed, stand still, run out of memory and never return."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil

from tests.acceptance import backlogs, hot_record, tables
from tests.acceptance.checker import check
from tests.acceptance.extra_worker import extra_worker, process
from tests.acceptance.faults import kill
from tests.acceptance.history import POST, PUT, History, Sent
from tests.acceptance.hostile.stack import until
from tests.acceptance.load import client_of
from tests.acceptance.local_stack import CHECKOUT
from tests.storm.case import Storm, case, tell

if TYPE_CHECKING:
    from tests.acceptance.tables import Stored

MOMENTS = ("before-claim", "after-claim", "before-commit", "after-commit")
BACKLOG = 10_000
UPDATES = 2000
LONGER_THAN_ANY_TIMEOUT = 75.0  # seconds; a transaction may idle for 60, a task may last 60
REPLAY = "from sync import models as m; from sync.operating import dead_letters as d; d.for_each(m.Delivery.objects.filter(state='dead'), d.replay, seconds=60)"


@case()
def worker_killed_at_each_moment(storm: Storm) -> None:
    """Workers are killed before and after the claim, before and after the commit."""
    for moment in MOMENTS:
        storm.stack.orders.give(f"worker-{moment}", signal.SIGKILL, times=4)
    with storm.load(async_share=0.9) as load:
        until(lambda: not storm.stack.orders.open(), "the end of all orders")
        storm.fault("SIGKILL to a worker", times=4 * len(MOMENTS))
    storm.settle(load)


@case()
def backlog_of_ten_thousand(storm: Storm) -> None:
    """Six workers are killed at random while they apply 10,000 deliveries."""
    history = backlogs.creations(storm.name, [f"{storm.name}-{number}" for number in range(BACKLOG)])
    storm.stack.orders.give("worker-before-commit", signal.SIGKILL, times=5)
    with extra_worker(storm.stack, processes=4):
        backlogs.store(storm.stack, history)
        while tables.waiting(storm.stack, [storm.name]):
            storm.fault("SIGKILL to a worker", times=kill(storm.random.choice(storm.stack.programs.children("worker"))))
            for _ in storm.moments(1, 0.2, 0.9):
                break
    storm.fault("SIGKILL before the commit", times=5 - len(storm.stack.orders.open()))
    check(storm.stack, history)


@case()
def updates_of_a_hot_record(storm: Storm) -> None:
    """Eight workers, woken all the time, apply 2,000 updates of one record in their order."""
    with storm.load(authors=2, writes=100) as load:
        hot_record.check_order(storm.stack, updates=UPDATES)
        storm.fault("an update of one record", times=UPDATES)
    storm.settle(load)


@case()
def worker_frozen_past_every_timeout(storm: Storm) -> None:
    """A worker stands still with its lanes locked, longer than any limit, and then goes on."""
    storm.stack.orders.give("worker-after-claim", signal.SIGSTOP)
    with storm.load(authors=2, async_share=0.9) as load:
        until(lambda: stopped(storm), "a worker that stands still")
        (frozen,) = stopped(storm)
        main = storm.stack.programs.named("worker")
        main.suspend()  # Otherwise it would kill its child for the time limit.
        storm.fault("SIGSTOP to a worker with lanes locked")
        time.sleep(LONGER_THAN_ANY_TIMEOUT)
        main.resume()
        frozen.resume()
        storm.fault("SIGCONT")
    storm.settle(load)


def stopped(storm: Storm) -> list[psutil.Process]:
    children = storm.stack.programs.children("worker")
    return [child for child in children if child.is_running() and child.status() == psutil.STATUS_STOPPED]


@case()
def write_that_kills_its_worker(storm: Storm) -> None:
    """One write ends every worker that takes it: it is dead after three, its record waits, all others go on."""
    (dead, follower) = suffer(storm, "kills", "dead")
    assert (dead.crashes, dead.reason) == (3, "It ended or held up 3 workers."), dead
    assert follower.state == "accepted", follower


@case()
def write_that_allocates_without_end(storm: Storm) -> None:
    """One write takes all memory that its worker may have: it is tried again, then dead, all others go on."""
    (dead, follower) = suffer(storm, "hog", "dead")
    assert (dead.crashes, dead.reason) == (0, "MemoryError"), dead
    assert follower.state == "accepted", follower


@case(SOFT_TIME_LIMIT="4", TIME_LIMIT="6")
def write_that_loops(storm: Storm) -> None:
    """One write never returns: the time limits end its workers until it is dead, all others go on."""
    (dead, follower) = suffer(storm, "loops", "dead")
    assert dead.state == "dead", dead
    assert follower.state == "accepted", follower


def suffer(storm: Storm, illness: str, state: str) -> list[Stored]:
    """Write an ill record and a follower among a load; return both as they were before the cure that ends them."""
    storm.stack.orders.infect(illness)
    key, ill = f"{illness}-1", f"{storm.name}-ill"
    writes = [Sent(POST, key, 1, ill, is_async=True), Sent(PUT, key, 2, ill, is_async=True)]
    with storm.load(writes=40, async_share=0.9) as load, client_of(storm.stack) as http:
        for sent in writes:
            load.deliver(http, sent)
    storm.fault(f"a record that is ill: {illness}")
    storm.settle(load)
    until(lambda: hurried(storm, ill)[0].state == state, f"{key} to be {state}", seconds=150)
    found = tables.deliveries(storm.stack, [ill])
    tell(f"  {key}: {found[0].state} after {found[0].tries} tries and {found[0].crashes} crashes, {found[0].reason}")
    storm.stack.orders.cure(illness)
    replay_the_dead(storm)
    check(storm.stack, History(writes))
    return found


def hurried(storm: Storm, process_id: str) -> list[Stored]:
    """Have what waits for its next try tried now, and return the deliveries."""
    with tables.database(storm.stack) as connection:
        connection.execute("UPDATE sync_delivery SET runnable_at = now() WHERE state = 'retrying'")
    return tables.deliveries(storm.stack, [process_id])


def replay_the_dead(storm: Storm) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", REPLAY]
    subprocess.run(command, cwd=CHECKOUT, env=storm.stack.environment, check=True, timeout=60)


@case()
def two_dispatchers(storm: Storm) -> None:
    """Two dispatchers apply the same work while Valkey is away; one of them is killed."""
    command = [sys.executable, "manage.py", "dispatch"]
    with storm.stack.programs.without("valkey"), process(storm.stack, command, "dispatcher-2"):
        with storm.load(writes=100, async_share=0.9) as load:
            until(lambda: load.answered > 200, "answers")
            storm.fault("SIGKILL to a dispatcher", times=kill(storm.stack.programs.named("dispatcher")))
        storm.settle(load)
