"""Who sends: a worker's task in a queue of its own, and the dispatcher where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from sync import local, tasks
from sync.applying import dispatcher
from tests.sync.push.remote import Remote
from tests.sync.writes import DATABASE, side_by_side

pytestmark = DATABASE


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect the tasks that would be sent."""
    found: list[Any] = []
    monkeypatch.setattr(tasks.send_pushes, "apply_async", lambda **options: found.append(options))
    return found


def test_task_sends_what_waits(remote: Remote, asked: list[Any]) -> None:
    local.create("product", {"sku": "a"})
    tasks.send_pushes()
    assert (remote.told, asked) == ([("POST", "a")], [])


def test_task_that_comes_twice_does_no_harm(remote: Remote) -> None:
    for number in range(20):
        local.create("product", {"sku": str(number)})
    side_by_side(*[tasks.send_pushes] * 4)
    assert sorted(key for _, key in remote.told) == sorted(map(str, range(20)))


def test_task_wakes_another_when_its_time_is_up(
    remote: Remote, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SECONDS_OF_PUSHES", 0)
    local.create("product", {"sku": "a"})
    tasks.send_pushes()
    assert asked == [{"expires": 30, "retry": False}]


def test_task_of_deliveries_has_pushes_sent_in_a_queue_of_their_own(
    remote: Remote, asked: list[Any], settings: Any
) -> None:
    local.create("product", {"sku": "a"})
    tasks.apply_deliveries()
    assert (asked, remote.requests) == ([{"expires": 30, "retry": False}], [])
    assert settings.CELERY_TASK_ROUTES[tasks.send_pushes.name]["queue"] == "effects"


def test_dispatcher_sends_itself_while_the_broker_is_away(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.work.wake.send", lambda: False)
    local.create("product", {"sku": "a"})
    dispatcher.look()
    assert remote.told == [("POST", "a")]
