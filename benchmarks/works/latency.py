"""From 202 to applied on an idle system, against the answer to an inline write.

The whole of the connector runs. Both are measured by the client: an inline write from sending to its 201, a deferred
one from its 202 until another connection to PostgreSQL sees it applied.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from benchmarks.bench import Bench
from benchmarks.client import KEY
from benchmarks.load import BODY
from benchmarks.results import Comparison, Goal
from benchmarks.rounds import interleaved

PAUSE = 0.05  # before each write, so that nothing is left to do when it comes
LOOK_EVERY = 0.0005
PATIENCE = 60.0  # The first answer waits until all that has just been started is up.
PROGRAMS = ("dispatcher", "worker", "effects", "beat")
STATE = "SELECT state FROM sync_delivery WHERE id = %s"


def run(bench: Bench) -> Iterator[Comparison]:
    bench.clean()
    with idle_system(bench) as dsync:
        sides = {"deferred": dsync.deferred, "inline": dsync.inline}
        times = interleaved(bench, sides, rounds=bench.size(100, quick=30))
    goal = Goal(10, at_most=True)
    yield Comparison("latency", "an inline write, ours", times["deferred"], times["inline"], "ms", goal)


@contextmanager
def idle_system(bench: Bench) -> Iterator[Dsync]:
    with ExitStack() as stack:
        for name in PROGRAMS:
            stack.enter_context(bench.ours.program(name))
        port = stack.enter_context(bench.ours.web())
        dsync = Dsync(port, bench.ours.headers, stack.enter_context(bench.ours.database()))
        for _ in range(20):  # Every thread and process has had its first write.
            dsync.inline()
            dsync.deferred()
        yield dsync


class Dsync:
    """One client that writes one product at a time."""

    def __init__(self, port: int, headers: dict[str, str], database: psycopg.Connection) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = {"Content-Type": "application/json", **headers}
        self.database = database
        self.count = 0

    def inline(self) -> float:
        """Return the milliseconds from sending a write to its 201."""
        started, answered, _ = self.write(201)
        return (answered - started) * 1000

    def deferred(self) -> float:
        """Return the milliseconds from the 202 until the delivery is seen applied."""
        _, answered, answer = self.write(202, Prefer="respond-async")
        number = answer["detail"]["delivery"]
        while self.database.execute(STATE, [number]).fetchone() != ("applied",):
            if time.perf_counter() > answered + PATIENCE:
                raise TimeoutError(f"Delivery {number} was not applied.")
            time.sleep(LOOK_EVERY)
        return (time.perf_counter() - answered) * 1000

    def write(self, status: int, **headers: str) -> tuple[float, float, dict[str, Any]]:
        """Create a product and return when it was sent, when it was answered, and the answer."""
        time.sleep(PAUSE)
        self.count += 1
        body = BODY.replace(KEY, f"latency-{self.count}".encode())
        started = time.perf_counter()
        self.connection.request("POST", "//entity/product", body, {**self.headers, **headers})
        response = self.connection.getresponse()
        content = response.read()
        answered = time.perf_counter()
        if response.status != status:
            raise AssertionError(f"A product was answered {response.status}, not {status}: {content[:500]!r}")
        return started, answered, json.loads(content)
