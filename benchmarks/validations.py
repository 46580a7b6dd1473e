"""Bodies judged in one process without a database: ours in this one, a peer's in one of its own.

Seconds are the CPU's, of the one thread there is: nothing is waited for, and what else the machine does takes none.
"""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.bench import Bench
from benchmarks.load import BODY
from benchmarks.theirs import FOLDER, PYTHON

FAULTS: dict[str, Any] = {
    "type_id": "x" * 300,
    "name": [],
    "price": "cheap",
    "special_price_from": "soon",
    "weight": 12345678901234567890,
    "categories": "none",
}
BAD = json.dumps(json.loads(BODY) | FAULTS).encode()


@dataclass(frozen=True)
class Judged:
    """One body that a side judges so many times; every side must find the same fields faulty."""

    bench: Bench
    body: bytes
    faulty: tuple[str, ...] = ()

    def by_us(self, times: int) -> float:
        """Return how many a second we judge, by the code of a request: from its bytes to its command or its faults."""
        from entities.schema import schemas  # noqa: PLC0415 (models can be imported only now)
        from sync.delivery.command import judge  # noqa: PLC0415
        from sync.delivery.write import Write  # noqa: PLC0415
        from sync.models.delivery import Method  # noqa: PLC0415

        schema, write = schemas()["product"], Write(1, "product", Method.POST, self.body, "benchmark")
        started = time.thread_time()
        for _ in range(times):
            faults: list[Any] = []
            judge(write, schema, None, faults)
        took = time.thread_time() - started
        self.must_be({fault.treekey.split(".")[1] for fault in faults})
        return times / took

    def by_peer(self, name: str, times: int) -> float:
        command = [str(PYTHON), "-m", "validating", name, str(times)]
        options: dict[str, Any] = {"cwd": FOLDER, "env": self.bench.theirs.environment, "input": self.body}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, **options)
        told = json.loads(done.stdout)
        self.must_be(set(told["faulty"]))
        return times / float(told["seconds"])

    def must_be(self, faulty: set[str]) -> None:
        if faulty != set(self.faulty):
            raise AssertionError(f"Faulty are {sorted(faulty)}, not {sorted(self.faulty)}.")
