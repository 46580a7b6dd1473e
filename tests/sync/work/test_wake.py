"""Waking workers: a request never waits for the broker, and the dispatcher does without it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from amqp.exceptions import NotFound
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ReadOnlyError

from connector.edge.health import pulse
from sync import tasks
from sync.applying import dispatcher
from sync.keeping import pruning
from sync.models import Delivery, FollowUp, Gauge, Milestone, Switch, Traffic
from sync.models.delivery import State
from sync.push import outbox
from sync.push.tokens import set_token
from sync.work import wake
from tests.sync.writes import DATABASE, accept, product, side_by_side, states, wait_until, write

pytestmark = DATABASE
ROOT = Path(__file__).parents[3]
send = wake.send  # Before the fixture of this room takes it away.
APPLIED = State.APPLIED


class Broker:
    """Takes messages in place of the real one, or has the fault it is told to have."""

    def __init__(self) -> None:
        self.sent = 0
        self.error: Exception | None = None
        self.came, self.go = Event(), Event()
        self.go.set()

    def apply_async(self, **options: Any) -> None:
        assert options == {"expires": 30, "retry": False}
        self.came.set()
        self.go.wait(20)
        self.sent += 1
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr(tasks.apply_deliveries, "apply_async", broker.apply_async)
    monkeypatch.setattr(wake, "send", send)
    return broker


def test_many_flags_are_few_messages(broker: Broker) -> None:
    sender = wake.Sender()
    broker.go.clear()
    sender.request()
    assert broker.came.wait(20)
    for _ in range(1000):
        sender.request()
    broker.go.set()
    wait_until(lambda: broker.sent == 2 and not sender.wanted.is_set())


@pytest.mark.parametrize("error", [BrokerError(), OSError(), RuntimeError()], ids=["away", "socket", "unexpected"])
def test_sender_lives_on_when_a_message_cannot_be_sent(broker: Broker, error: Exception) -> None:
    sender = wake.Sender()
    broker.error = error
    sender.request()
    wait_until(lambda: broker.sent == 1)
    broker.error = None
    sender.request()
    wait_until(lambda: broker.sent == 2)


def test_sender_starts_one_thread_for_each_process(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(wake.Thread, "start", lambda thread: started.append(thread.name))
    sender = wake.Sender()
    for pid in (1, 1, 2, 2):
        monkeypatch.setattr(wake.os, "getpid", lambda pid=pid: pid)
        sender.request()
    assert started == ["wake", "wake"]


@pytest.mark.parametrize(
    ("error", "taken"),
    [(None, True), (BrokerError(), False), (OSError(), False), (ReadOnlyError(), False), (NotFound(), False)],
    ids=["none", "away", "socket", "demoted", "no such queue"],
)
def test_send_tells_whether_the_broker_took_it(broker: Broker, error: Exception | None, *, taken: bool) -> None:
    broker.error = error
    assert send() is taken


REQUEST = """
import time, django
django.setup()
from connector.edge.tokens import issue
from django.test import Client
from entities.tokens import entity_tokens
headers = {"Auth-Token": issue(client_name="x")[1], "Entity-Token": entity_tokens()["product"], "Prefer": "respond-async"}
def post(key):
    began = time.monotonic()
    answer = Client().post("/entity/product", '{"sku": "%s"}' % key, content_type="application/json", headers=headers)
    return answer.status_code, time.monotonic() - began
post("warm")
answers = [post(str(n)) for n in range(20)]
print({status for status, _ in answers}, sorted(seconds for _, seconds in answers)[10] < 1)
"""


@pytest.mark.parametrize("is_frozen", [False, True], ids=["dead", "frozen"])
def test_write_is_accepted_without_waiting_when_the_broker_is(*, is_frozen: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1] if is_frozen else 1
        environment = environment_of_a_process(REDIS_URL=f"redis://127.0.0.1:{port}/0")
        ended = subprocess.run(
            [sys.executable, "-c", REQUEST], env=environment, cwd=ROOT, timeout=50, check=True, capture_output=True
        )
    assert ended.stdout.decode().strip() == "{202} True"


def environment_of_a_process(**changes: str) -> dict[str, str]:
    """Return the environment of a process that works on the database of this test."""
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    url = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
    return {**os.environ, "DATABASE_URL": url.rstrip("?"), "LOG_LEVEL": "CRITICAL", **changes}


# Tasks


def test_task_applies_what_waits() -> None:
    accept("POST", "a")
    tasks.apply_deliveries()
    assert states() == [APPLIED]


def test_task_wakes_another_when_its_time_is_up(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "SECONDS", 0)
    tasks.apply_deliveries()
    assert sent == ["send"]


def test_task_that_comes_twice_does_no_harm() -> None:
    for number in range(20):
        accept("POST", str(number))
    side_by_side(*[tasks.apply_deliveries] * 4)
    assert states() == [APPLIED] * 20


def test_task_has_hooks_called_in_a_queue_of_their_own(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(tasks.call_hooks, "apply_async", lambda **options: asked.append(options))
    FollowUp.objects.create(hook="x", delivery=1)
    tasks.apply_deliveries()
    assert asked == [{"expires": 30, "retry": False}]
    assert settings.CELERY_TASK_ROUTES[tasks.call_hooks.name]["queue"] == "effects"


# The dispatcher


def a_push_that_waits() -> None:
    for entity in ("", "product"):
        set_token(entity, "a-token-of-a-test")
    Switch.objects.create(entity="product", is_pushed=True)
    outbox.note("product", ["a"])


@pytest.fixture
def _worker() -> Iterator[None]:
    """Have a worker that was heard of lately."""
    pulse.record("worker")
    yield
    pulse.valkey().delete(pulse.key("worker"))


def test_look_wakes_nobody_when_nothing_waits(sent: list[str]) -> None:
    dispatcher.look()
    assert sent == []


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("waiting", ["delivery", "follow-up", "push"])
def test_look_wakes_a_worker_for_what_nobody_was_told_of(sent: list[str], waiting: str) -> None:
    if waiting == "delivery":
        accept("POST", "a")
    elif waiting == "follow-up":
        FollowUp.objects.create(hook="x", delivery=1)
    else:
        a_push_that_waits()
    sent.clear()
    dispatcher.look()
    assert sent == ["send"]
    assert State.APPLIED not in states()


def test_look_applies_the_work_itself_while_the_broker_is_away(broker: Broker) -> None:
    broker.error = BrokerError()
    accept("POST", "a")
    dispatcher.look()
    assert states() == [APPLIED]


def test_look_applies_the_work_itself_while_no_worker_is_heard_of(sent: list[str]) -> None:
    accept("POST", "a")
    dispatcher.look()
    assert (states(), sent.count("send")) == ([APPLIED], 1)


def test_look_finds_what_is_due_and_leaves_what_is_not(broker: Broker) -> None:
    broker.error = BrokerError()
    delivery = accept("POST", "a")
    delivery.retry_later("x")
    dispatcher.look()
    assert states() == [State.RETRYING]
    Delivery.objects.update(runnable_at=delivery.accepted_at)
    dispatcher.look()
    assert states() == [APPLIED]


def test_dispatchers_side_by_side_do_no_harm(broker: Broker) -> None:
    broker.error = BrokerError()
    write("POST", "a")
    for price in range(60):
        write("PUT", "a", {"price": price})
    side_by_side(*[dispatcher.look] * 4)
    dispatcher.look()
    assert (set(states()), product("a").price) == ({APPLIED}, 59)


def dispatch(stop: Event) -> None:
    """Dispatch until told to stop, and wait for what is done aside: it uses the test's database."""
    dispatcher.dispatch(stop)
    for thread in threading.enumerate():
        if thread.name == "dropping":
            thread.join(30)


def test_dispatcher_measures_counts_marks_prunes_frees_strays_and_goes_on_until_it_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept("POST", "a")
    monkeypatch.setattr(dispatcher, "PAUSE", 0)
    pruned, looked, stop = [], [], Event()
    Delivery.objects.update(runnable_at=None)  # It waits for nothing.
    monkeypatch.setattr(dispatcher, "prune_some", lambda: pruned.append(1))
    monkeypatch.setattr(dispatcher, "look", lambda: looked.append(1) or (len(looked) == 5 and stop.set()))
    dispatch(stop)
    assert (len(pruned), len(looked), Milestone.objects.count()) == (1, 5, 1)
    assert Gauge.objects.get(name="backlog").value == 1
    assert Traffic.objects.filter(minutes=60).get().deliveries == 1
    assert Delivery.objects.runnable().count() == 1


def test_dispatcher_goes_on_counting_at_once_while_something_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in "abc":
        accept("POST", key)
    monkeypatch.setattr(dispatcher, "PAUSE", 0)
    monkeypatch.setattr(dispatcher.traffic, "BATCH", 1)
    monkeypatch.setattr(dispatcher.traffic, "COUNTING_SECONDS", 0)
    looked, stop = [], Event()
    monkeypatch.setattr(dispatcher, "look", lambda: looked.append(1) or (len(looked) == 5 and stop.set()))
    dispatch(stop)
    assert Traffic.objects.filter(minutes=60).get().deliveries == 3


def test_dispatcher_waits_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    class Stop(Event):
        waits: list[float] = []

        def wait(self, timeout: float | None = None) -> bool:
            self.waits.append(timeout or 0)
            return self.is_set()

    stop = Stop()

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise OperationalError

    monkeypatch.setattr(dispatcher, "look", look)
    dispatch(stop)
    assert stop.waits == [0.25, 1.0] * 3 + [0.25]


def test_dispatcher_ends_politely_when_it_is_asked() -> None:
    accept("POST", "a")
    environment = environment_of_a_process(REDIS_URL="redis://127.0.0.1:1/0")
    with subprocess.Popen(
        [sys.executable, "manage.py", "dispatch", "--skip-checks"], env=environment, cwd=ROOT
    ) as process:
        try:
            wait_until(lambda: states() == [APPLIED], seconds=60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_dispatcher_removes_sessions_that_are_over() -> None:
    for days in (-1, 1):
        Session.objects.create(session_key=f"k{days}", expire_date=timezone.now() + timedelta(days=days))
    dispatcher.prune_some()
    assert Session.objects.get().session_key == "k1"


@override_settings(CONNECTOR_DELIVERY_DAYS=1)
def test_dispatcher_prunes_one_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = iter([5, 5])
    monkeypatch.setattr(dispatcher, "KINDS", [pruning.Kind("some", lambda _days: 10, lambda _days: batches)])
    dispatcher.prune_some()
    assert list(batches) == [5]
