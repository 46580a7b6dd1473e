"""A deferred write is applied by a worker that a broker woke, also after the broker failed over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector.edge.health import pulse
from connector.stack.programs import CELERY
from sync.models.delivery import State
from tests import brokers, pgbouncer
from tests.acceptance.local_stack import CHECKOUT
from tests.brokers import Broker, RabbitMQ, Watched
from tests.sync.work.test_wake import environment_of_a_process
from tests.sync.writes import DATABASE, accept, states, wait_until

pytestmark = DATABASE
WORKER = [*CELERY, "worker", "-Q", "celery", "-c", "1", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
SENDER = """
import sys, django
django.setup()
from sync.work import wake
for line in sys.stdin:
    print(wake.send(), flush=True)
"""
PATIENCE = 60


@dataclass
class Sender:
    """A process that wakes workers by the settings of a deployment, when it is told to."""

    process: subprocess.Popen[str]

    def send(self) -> bool:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip() == "True"


@contextmanager
def running(
    command: list[str], output: Any, environment: dict[str, str], errors: Any = None
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=output, stderr=errors, cwd=CHECKOUT, env=environment, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def served_by(broker: Broker, log: Path) -> Iterator[Sender]:
    """Have a worker and a sender, which know the broker by what a deployer sets."""
    environment = environment_of_a_process(**broker.environment, LOG_LEVEL="INFO")
    with (
        pgbouncer.way_to(environment["DATABASE_URL"]) as way,
        log.open("w") as output,
        running(WORKER, output, environment | way | {"CONNECTOR_ROLE": "worker"}, subprocess.STDOUT),
        running(
            [sys.executable, "-c", SENDER], subprocess.PIPE, environment | way | {"LOG_LEVEL": "CRITICAL"}
        ) as sender,
    ):
        wait_until(lambda: " ready." in log.read_text(), seconds=PATIENCE)
        yield Sender(sender)
    assert [secret for secret in secrets_of(environment) if secret in log.read_text()] == []


def secrets_of(environment: dict[str, str]) -> set[str]:
    """Return what a worker may not tell; of a broker the name with its password, as its URL has them."""
    account = urlsplit(environment.get("BROKER_URL", "")).netloc.rpartition("@")[0]
    return {environment["SECRET_KEY"], environment["FIELD_KEYS"], account} - {""}


def check_failing_over(broker: Broker, folder: Path) -> None:
    """See that a worker is woken, and that it is again when the broker has failed over, for what came meanwhile."""
    with served_by(broker, folder / "worker.log") as sender:
        accept("POST", "before")
        assert sender.send()
        wait_until(lambda: states() == [State.APPLIED], seconds=PATIENCE)
        broker.fail()
        accept("POST", "meanwhile")
        assert not sender.send()
        broker.heal()
        accept("POST", "after")
        wait_until(lambda: sender.send() and states() == [State.APPLIED] * 3, seconds=PATIENCE)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[Callable[[Path], Broker]], Broker]]:
    """Start a broker in a folder; it ends with the test."""
    begun: list[Broker] = []

    def start(kind: Callable[[Path], Broker]) -> Broker:
        begun.append(kind(tmp_path))
        begun[0].start()
        return begun[0]

    yield start
    begun[0].stop()


def test_worker_is_woken_when_a_sentinel_had_another_valkey_take_over(
    started: Callable[..., Broker], settings: Any, tmp_path: Path
) -> None:
    broker = started(Watched)
    settings.REDIS_URL, settings.REDIS_SENTINEL_MASTER = (
        broker.environment["REDIS_URL"],
        broker.environment["REDIS_SENTINEL_MASTER"],
    )
    pulse.record("worker")
    assert pulse.is_heard("worker")
    check_failing_over(broker, tmp_path)
    pulse.record("dispatcher")
    assert pulse.is_heard("dispatcher")


@pytest.mark.skipif(
    not (brokers.RABBITMQ or "CI" in os.environ),
    reason="not checked: RabbitMQ as broker, there is none here (rabbitmq-server)",
)
def test_worker_is_woken_when_rabbitmq_was_killed_and_is_back(started: Callable[..., Broker], tmp_path: Path) -> None:
    check_failing_over(started(RabbitMQ), tmp_path)
