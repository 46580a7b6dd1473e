"""Doing one thing to many at once, in a few threads, each with a connection to the database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Queue
from threading import Event, Lock, Thread
from typing import Any, Generic, TypeVar

from django.db import connections

Item = TypeVar("Item")
Result = TypeVar("Result")


class Threads(Generic[Item, Result]):
    """Threads that take the next item as soon as they are done with one; the first failure is the last item."""

    def __init__(self, function: Callable[[Item], Result], items: Iterable[Item], stop: Event) -> None:
        self.function = function
        self.items = iter(items)
        self.stop = stop
        self.lock = Lock()
        self.failed = False
        self.results: Queue[Any] = Queue()

    def run(self, count: int) -> Iterator[Result]:
        """Yield results as they come, then raise the first failure; what is in hand is finished in any case."""
        threads = [Thread(target=self.work, name=f"pull-{number}") for number in range(count)]
        for thread in threads:
            thread.start()
        failure: BaseException | None = None
        working = count
        try:
            while working:
                kind, value = self.results.get()
                if kind == "result":
                    yield value
                elif kind == "failure":
                    failure = failure or value
                else:
                    working -= 1
        finally:
            self.failed = True
            for thread in threads:
                thread.join()
        if failure:
            raise failure

    def work(self) -> None:
        try:
            for item in self.mine():
                self.results.put(("result", self.function(item)))
        except BaseException as exc:  # noqa: BLE001 (a thread's boundary: who runs the threads raises it)
            self.failed = True
            self.results.put(("failure", exc))
        finally:
            connections.close_all()
            self.results.put(("end", None))

    def mine(self) -> Iterator[Item]:
        """Yield the items that this thread takes."""
        while not self.failed and not self.stop.is_set():
            with self.lock:
                try:
                    item = next(self.items)
                except StopIteration:
                    return
            yield item
