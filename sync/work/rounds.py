"""What the dispatcher does besides, every few seconds; an upper room registers it here, and it takes little time."""

from __future__ import annotations

from collections.abc import Callable

ROUNDS: list[Callable[[], object]] = []


def register(done: Callable[[], object]) -> None:
    ROUNDS.append(done)


def make() -> None:
    for done in ROUNDS:
        done()
