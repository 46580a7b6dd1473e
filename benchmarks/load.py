"""Load on a web server, from a process of its own that is much cheaper than any server (`client.py`)."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import KEY
from benchmarks.processes import CHECKOUT

PUBLISHED = CHECKOUT / "tests" / "contract" / "examples" / "create.request.json"
BODY = PUBLISHED.read_bytes().replace(b"hde012", KEY)
UPDATE = PUBLISHED.with_name("update.request.json").read_bytes().replace(b"hde012", KEY)
CONNECTIONS = 16
ROUNDS = itertools.count()  # Keys begin with the round's number: no two requests of a run have the same one.


@dataclass(frozen=True)
class Target:
    """What is asked of a server, with KEY in the place of each product's key, and how that is answered."""

    port: int
    path: str
    headers: dict[str, str]
    status: int = 201
    method: str = "POST"
    body: bytes = BODY

    def request(self) -> bytes:
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
            **self.headers,
        }
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            "",
        ]
        return "\r\n".join(lines).encode() + self.body


class Load:
    """Asks a target as often as it answers, each time with another key; `done` counts that over all rounds."""

    def __init__(self, target: Target, *, seconds: float) -> None:
        self.target = target
        self.seconds = seconds
        self.done = 0

    def rate(self) -> float:
        """Return how often it was answered in a second; raise when an answer was another than expected."""
        prefix, start = self.keys()
        order = {
            "port": self.target.port,
            "request": self.target.request().decode("latin-1"),
            "prefix": prefix,
            "start": start,
            "seconds": self.seconds,
            "connections": CONNECTIONS,
        }
        answer = json.loads(client(json.dumps(order)))
        if set(answer["statuses"]) != {str(self.target.status)}:
            raise AssertionError(f"{self.target.path} answered {answer['statuses']}, not {self.target.status} alone.")
        count: int = answer["statuses"][str(self.target.status)]
        self.done += count
        return count / float(answer["seconds"])

    def keys(self) -> tuple[str, int]:
        """Return what the keys of a round begin with, and their first number."""
        return f"{next(ROUNDS):04d}-", 0

    def must_be_stored(self, count: int) -> None:
        if count != self.done:
            raise AssertionError(f"{self.target.method} {self.target.path} was done {self.done} times, not {count}.")


class LoadOnStock(Load):
    """Asks of products that are there, each of them once."""

    def __init__(self, target: Target, *, prefix: str, first: int, seconds: float) -> None:
        super().__init__(target, seconds=seconds)
        self.prefix = prefix
        self.first = first

    def keys(self) -> tuple[str, int]:
        return self.prefix, self.first + self.done


def client(order: str) -> str:
    path = Path(__file__).parent / "client.py"
    return subprocess.run(
        [sys.executable, str(path)], input=order, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
