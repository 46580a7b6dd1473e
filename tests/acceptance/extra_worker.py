"""More workers than a stack has, and wake-ups that nobody needed."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from celery import Celery

from connector.stack.leftovers import MARK
from connector.stack.programs import CELERY
from tests.acceptance.local_stack import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.hostile.stack import HostileStack

TASK = "sync.tasks.apply_deliveries"
PATIENCE = 90


@contextmanager
def extra_worker(stack: HostileStack, *, processes: int) -> Iterator[None]:
    """Have so many more worker processes, from when they are up; they end warmly with the block."""
    command = [
        *CELERY,
        "worker",
        "-n",
        "extra@%h",
        f"--concurrency={processes}",
        "--without-gossip",
        "--without-mingle",
    ]
    with process(stack, command, "extra-worker"):
        yield


@contextmanager
def process(stack: HostileStack, command: list[str], name: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one more process in the environment of the stack's own."""
    environment = {**stack.environment, MARK: str(stack.run_dir)}
    with (stack.run_dir / "logs" / f"{name}.log").open("wb") as log:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CHECKOUT, env=environment
        )
        try:
            yield started
        finally:
            started.terminate()
            started.wait(PATIENCE)


@contextmanager
def forge_wake_ups(stack: HostileStack, *, each: float) -> Iterator[None]:
    """Send wake-ups all the time, whether there is work or not."""
    ended = Event()
    thread = Thread(target=wake_until, args=(stack, ended, each))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def wake_until(stack: HostileStack, ended: Event, pause: float) -> None:
    with Celery(broker=stack.broker_url) as app:
        while not ended.wait(pause):
            app.send_task(TASK, expires=5)
