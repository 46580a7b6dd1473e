"""Two hands at one file: while one reads a chunk the database writes that of the other, or it writes both at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection, connections

Item = TypeVar("Item")
Ended = Future[None]


@dataclass(frozen=True, slots=True)
class Taken(Generic[Item]):
    """An item, the end of the one before it, and its own end."""

    item: Item
    before: Ended
    end: Ended


class Queue(Generic[Item]):
    """Items that are made one after another when a hand takes them; there is always one, and no more after a time."""

    def __init__(self, items: Iterator[Item], until: float) -> None:
        self.items = items
        self.until = until
        self.lock = Lock()
        self.newest: Ended | None = None
        self.is_empty = False

    def take(self) -> Taken[Item] | None:
        """Return the next item, None where there is none or the time is up."""
        with self.lock:
            if self.newest is not None and time.monotonic() > self.until:
                return None
            for item in self.items:
                before, self.newest = self.newest or nothing(), Future()
                return Taken(item, before, self.newest)
            self.is_empty = True
            return None

    def close(self) -> None:
        self.until = 0.0


def nothing() -> Ended:
    """Return the end of what is before the first."""
    ended: Ended = Future()
    ended.set_result(None)
    return ended


Do = Callable[[Item, Ended], None]


def share(queue: Queue[Item], do: Do[Item]) -> None:
    """Do all that is in a queue, two items at a time; one, where the caller's transaction is all that is seen of it.

    Raises:
        Whatever `do` raises, or the making of an item.
    """
    if connection.in_atomic_block:
        work(queue, do)
        return
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(work_beside, queue, do)
        try:
            work(queue, do)
        finally:
            queue.close()
    other.result()


def work(queue: Queue[Item], do: Do[Item]) -> None:
    while taken := queue.take():
        try:
            do(taken.item, taken.before)
        except BaseException as exc:  # Whoever is at the next one waits for this, however it ends.
            taken.end.set_exception(exc)
            raise
        taken.end.set_result(None)
        taken = None  # Else it would be there while the next one is made.


def work_beside(queue: Queue[Item], do: Do[Item]) -> None:
    """Work with a database connection of this thread's own; who has the first item must not be who still opens one."""
    try:
        connection.ensure_connection()
        work(queue, do)
    finally:
        connections.close_all()
