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
CONNECTIONS = 16
ROUNDS = itertools.count()  # Keys begin with the round's number: no two requests of a run have the same one.


@dataclass(frozen=True)
class Target:
    """Where a product is created, and how that is answered."""

    port: int
    path: str
    headers: dict[str, str]
    status: int = 201

    def request(self) -> bytes:
        """Return the request, with KEY in the place of each product's key."""
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(BODY)),
            **self.headers,
        }
        lines = [f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + BODY


class Load:
    """Creates products at a target, as many as it takes; `created` counts them over all rounds."""

    def __init__(self, target: Target, *, seconds: float) -> None:
        self.target = target
        self.seconds = seconds
        self.created = 0

    def rate(self) -> float:
        """Return how many products were created in a second; raise when an answer was another than expected."""
        order = {
            "port": self.target.port,
            "request": self.target.request().decode("latin-1"),
            "prefix": f"{next(ROUNDS):04d}-",
            "seconds": self.seconds,
            "connections": CONNECTIONS,
        }
        answer = json.loads(client(json.dumps(order)))
        if set(answer["statuses"]) != {str(self.target.status)}:
            raise AssertionError(f"{self.target.path} answered {answer['statuses']}, not {self.target.status} alone.")
        count: int = answer["statuses"][str(self.target.status)]
        self.created += count
        return count / float(answer["seconds"])

    def must_be_stored(self, count: int) -> None:
        if count != self.created:
            raise AssertionError(f"{self.target.path} created {self.created} products, and {count} are stored.")


def client(order: str) -> str:
    path = Path(__file__).parent / "client.py"
    return subprocess.run(
        [sys.executable, str(path)], input=order, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
