"""A peer of our workers: one procrastinate task for each row, queued before its workers start."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.backlogs import PATIENCE, WORKERS
from benchmarks.deliveries import Product
from benchmarks.theirs import FOLDER, PYTHON, Theirs

WORKER = ("manage", "procrastinate", "worker", "--one-shot")
DONE = """
    SELECT count(*) FILTER (WHERE type = 'succeeded'),
        extract(epoch FROM max(at) FILTER (WHERE type = 'succeeded') - min(at) FILTER (WHERE type = 'started'))
    FROM procrastinate_events
"""


def run(theirs: Theirs, products: Iterator[Product]) -> float:
    """Return how many tasks a second two workers run, from the first one's start to the last one's end."""
    rows = [json.dumps(product.values) for product in products]
    with theirs.database() as connection:
        connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    command = [str(PYTHON), "-m", "defer_rows"]
    subprocess.run(command, cwd=FOLDER, env=theirs.environment, input="\n".join(rows), text=True, check=True)
    with ExitStack() as stack:
        workers = [stack.enter_context(theirs.program("procrastinate", *WORKER)) for _ in range(WORKERS)]
        for worker in workers:
            worker.wait(PATIENCE)
    with theirs.database() as connection:
        count, seconds = connection.execute(DONE).fetchone() or (0, 0)
    if count != len(rows):
        raise AssertionError(f"{count} of {len(rows)} tasks succeeded.")
    return float(count / seconds)
