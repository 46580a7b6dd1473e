"""Waking workers without ever waiting for the broker: a request sets a flag, a thread of its own sends what it means.

Many flags between two sends are one message, and sends are apart: under load they would cost more than the writes.
A message that cannot be sent is dropped: the dispatcher finds the work.
"""

from __future__ import annotations

import os
import time
from threading import Event, Lock, Thread
from typing import Any

import structlog
from amqp import AMQPError
from kombu.exceptions import OperationalError
from redis import RedisError

from connector.edge.logs import outline

log = structlog.get_logger(__name__)

# Celery makes its own error of most faults of a connection; not of a server that was demoted, or of a closed channel.
OF_BROKER = (OperationalError, OSError, RedisError, AMQPError)
APART = 0.05  # seconds; the first flag after a silence is sent at once


class Sender:
    """The thread of this process that sends wake-ups; it starts with the first one."""

    def __init__(self) -> None:
        self.wanted = Event()
        self.lock = Lock()
        self.pid = 0

    def request(self) -> None:
        self.wanted.set()
        if self.pid != os.getpid():  # The first one since the process began, or was forked.
            with self.lock:
                self.start()

    def start(self) -> None:
        if self.pid != os.getpid():
            self.pid = os.getpid()
            Thread(target=self.send_for_ever, name="wake", daemon=True).start()

    def send_for_ever(self) -> None:
        while self.wanted.wait():
            self.wanted.clear()
            try:
                send()
            except Exception as exc:  # noqa: BLE001 (a thread's boundary: it must live for the next one)
                log.warning("wake_up_failed", **outline(exc))
            time.sleep(APART)


TASKS: list[Any] = []


def register(task: Any) -> None:
    """Have a task sent where workers are woken; it imports what wakes them, and is not known here."""
    TASKS.append(task)


def send() -> bool:
    """Wake one worker; tell whether the broker took the message."""
    try:
        for task in TASKS:
            task.apply_async(expires=30, retry=False)
    except OF_BROKER as exc:
        log.warning("wake_up_dropped", error=type(exc).__name__)
        return False
    return True


workers = Sender().request
