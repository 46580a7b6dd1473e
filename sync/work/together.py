"""Doing what many threads ask for at the same moment once for all of them: a group commit.

Nobody waits for company that has not come. A thread that finds nothing under way lets those go first that are about to
ask, and does its own with theirs; what others ask for meanwhile is done next, by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from os import sched_yield
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")
AT_MOST = 64


class Turn(Generic[Asked, Told]):
    """What one thread asks for, and what it is told; its lock is free when there is something to do or to know."""

    __slots__ = ("asked", "error", "is_done", "lock", "name", "told")

    def __init__(self, name: Hashable, asked: Asked) -> None:
        self.name = name
        self.asked = asked
        self.told: Told | None = None
        self.error: BaseException | None = None
        self.is_done = False
        self.lock = Lock()
        self.lock.acquire()


class Together(Generic[Asked, Told]):
    """Calls a function with all that was asked for since it was last called; it tells one thing for each, in order."""

    def __init__(self, do: Callable[[list[Asked]], list[Told | None]]) -> None:
        self.do = do
        self.lock = Lock()
        self.waiting: list[Turn[Asked, Told]] = []
        self.is_busy = False

    def ask(self, name: Hashable, asked: Asked) -> Told | None:
        """Return what the function tells; never two of one name are in one call.

        Raises:
            BaseException: what the function raised, to all who asked.
        """
        turn: Turn[Asked, Told] = Turn(name, asked)
        with self.lock:
            self.waiting.append(turn)
            leads, self.is_busy = not self.is_busy, True
        if not leads:
            turn.lock.acquire()
        if not turn.is_done:
            self.lead()
        if turn.error:
            raise turn.error
        return turn.told

    def lead(self) -> None:
        """Do what waits, and wake those who asked, and the next one to lead."""
        self.give_way()
        turns = self.take()
        try:
            for turn, told in zip(turns, self.do([turn.asked for turn in turns]), strict=True):
                turn.told = told
        except BaseException as exc:  # noqa: BLE001 (each of them raises it)
            for turn in turns:
                turn.error = exc
        finally:
            for turn in turns:
                turn.is_done = True
                turn.lock.release()
            self.hand_over()

    def give_way(self) -> None:
        """Let other threads have their turn as long as that has some of them ask; nobody is waited for."""
        came = 0
        while len(self.waiting) > came:
            came = len(self.waiting)
            sched_yield()

    def take(self) -> list[Turn[Asked, Told]]:
        """Take what waits, the first of each name."""
        with self.lock:
            first: dict[Hashable, Turn[Asked, Told]] = {}
            for turn in self.waiting[:AT_MOST]:
                first.setdefault(turn.name, turn)
            taken = list(first.values())
            self.waiting = [turn for turn in self.waiting if first.get(turn.name) is not turn]
        return taken

    def hand_over(self) -> None:
        with self.lock:
            self.is_busy = bool(self.waiting)
            if self.waiting:
                self.waiting[0].lock.release()
