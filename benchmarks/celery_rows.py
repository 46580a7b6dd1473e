"""The peers of our workers: one Celery task for each row, queued before the clock starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from celery import Celery

from benchmarks.backlogs import PATIENCE, WORKERS
from benchmarks.deliveries import Product
from benchmarks.theirs import Theirs
from connector.stack.waiting import Waiting

HELD = "held"
TASK = "celery_row.save_product"


@dataclass(frozen=True)
class CeleryRows:
    """Celery's worker processes on a queue of their own; `reuse` is its CELERY_DB_REUSE_MAX, 0 is as it comes."""

    theirs: Theirs
    name: str
    reuse: int = 0

    @contextmanager
    def workers(self, warm_up: Iterator[Product]) -> Iterator[None]:
        options = (f"--queues={self.name}", f"--hostname={self.name}@%h", f"--concurrency={WORKERS}")
        command = ("celery", "-A", "celery_row", "worker", *options, "--loglevel=WARNING")
        with self.theirs.program(self.name, *command, DB_REUSE_MAX=str(self.reuse)):
            self.run(warm_up)
            yield

    def run(self, products: Iterator[Product]) -> float:
        """Return how many tasks a second the workers run.

        They are queued beside the queue, which gets all of them at once; the clock ends when the queue is empty and no
        task is in hand.
        """
        with Celery(broker=self.theirs.environment["BROKER_URL"]) as app:
            for product in products:
                app.send_task(TASK, [product.values], queue=HELD)
        with redis.Redis(unix_socket_path=str(self.theirs.servers.valkey.socket), db=1) as client:
            count = client.llen(HELD)
            started = time.perf_counter()
            client.rename(HELD, self.name)
            Waiting().until(lambda: not client.exists(self.name, "unacked"), "Celery's workers", seconds=PATIENCE)
            return float(count / (time.perf_counter() - started))


def stock(theirs: Theirs) -> CeleryRows:
    """Return Celery as its documentation has it: it opens a database connection for each task."""
    return CeleryRows(theirs, "celery-stock")


def tuned(theirs: Theirs) -> CeleryRows:
    """Return Celery told to keep its database connections, by a setting that few know."""
    return CeleryRows(theirs, "celery-tuned", reuse=1_000_000)
