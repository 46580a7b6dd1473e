from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.dispatch import Signal
from django.test import Client

from connector.edge.tokens import issue
from entities.schema import schemas
from sync import backlog, lanes, modes
from sync.hooks import HOOKS, delivery_applied
from tests.conftest import Dsync


@pytest.fixture(autouse=True)
def _nothing_of_others() -> Iterator[None]:
    """Give each test a process that remembers nothing and hears nothing."""
    modes.forget_switches()
    backlog.forget_size()
    yield
    lanes.OWED.clear()
    HOOKS.clear()


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the wake-ups that would be sent."""
    wakes: list[str] = []
    monkeypatch.setattr("sync.wake.workers", lambda: wakes.append("workers"))
    monkeypatch.setattr("sync.wake.send", lambda: wakes.append("send") is None)
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


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give an entity other policies than it declares, for one test."""

    def change(entity: str, **policies: Any) -> None:
        schema = schemas()[entity]
        declaration = replace(schema.declaration, **policies)
        monkeypatch.setattr(schema.validator, "on_unknown", declaration.on_unknown)
        monkeypatch.setattr(schema, "declaration", declaration)

    return change


@pytest.fixture
def stranger(dsync: Dsync) -> Dsync:
    """Another client."""
    return Dsync(issue(client_name="stranger")[1], Client())
