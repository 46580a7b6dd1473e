"""What a process looked up is told again for some seconds, without a lock or a list: every request asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from time import monotonic
from typing import Generic, TypeVar

Told = TypeVar("Told")


class Kept(Generic[Told]):
    """A function that is called again when what it told is too old; by each of the threads that ask just then."""

    def __init__(self, seconds: float, look: Callable[[], Told]) -> None:
        self.seconds = seconds
        self.look = look
        self.held: tuple[float, Told] | None = None
        update_wrapper(self, look)

    def __call__(self) -> Told:
        held = self.held
        if held is None or held[0] < monotonic():
            return self.keep(self.look())
        return held[1]

    def keep(self, told: Told) -> Told:
        """Tell this from now on, until it is too old."""
        self.held = monotonic() + self.seconds, told
        return told

    def forget(self) -> None:
        self.held = None


def kept(seconds: float) -> Callable[[Callable[[], Told]], Kept[Told]]:
    """Have what a function tells kept for so many seconds."""
    return partial(Kept, seconds)
