"""Work beside the deliveries, where no worker is to be had and the dispatcher does it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from sync import tasks
from sync.work import chores


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Begin without chores; the list is of what the second has done."""
    done: list[float] = []
    monkeypatch.setattr(chores, "CHORES", [])
    return done


def register(done: list[float], failure: Exception) -> None:
    def fail(_seconds: float) -> bool:
        raise failure

    def work(seconds: float) -> bool:
        done.append(seconds)
        return True

    for run in (fail, work):
        chores.register(chores.Chore(lambda: True, run, tasks.call_hooks))


def test_chore_that_fails_holds_up_no_other(done: list[float]) -> None:
    register(done, LookupError())
    chores.run(3)
    assert done == [3]


def test_chores_wait_for_a_database_that_is_away(done: list[Any]) -> None:
    register(done, OperationalError())
    with pytest.raises(OperationalError):
        chores.run(3)
    assert done == []
