from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.dispatch import Signal

from sync.applying import lanes
from sync.hooks import HOOKS, delivery_applied


@pytest.fixture(autouse=True)
def _nothing_of_others() -> Iterator[None]:
    """Give each test a process that remembers nothing and hears nothing."""
    yield
    lanes.OWED.clear()
    HOOKS.clear()


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the wake-ups that would be sent."""
    wakes: list[str] = []
    monkeypatch.setattr("sync.work.wake.workers", lambda: wakes.append("workers"))
    monkeypatch.setattr("sync.work.wake.send", lambda: wakes.append("send") is None)
    return wakes


@pytest.fixture
def receive() -> Iterator[Callable[[Callable[..., Any]], Signal]]:
    """Connect receivers of the signal, for one test."""
    connected: list[Callable[..., Any]] = []

    def connect(receiver: Callable[..., Any]) -> Callable[..., Any]:
        delivery_applied.connect(receiver, weak=False)
        connected.append(receiver)
        return receiver

    yield connect
    for receiver in connected:
        delivery_applied.disconnect(receiver)
