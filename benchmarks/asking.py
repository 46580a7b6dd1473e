"""One client that asks for one thing at a time, over a connection that stays open."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

PATIENCE = 120
IDLE = 20


@dataclass(frozen=True)
class Write:
    """What a request has beside its address."""

    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


READ = Write()


@dataclass
class Asker:
    """Asks a server; what it answered last stays."""

    port: int
    headers: Mapping[str, str]
    content: bytes = b""
    answered: Mapping[str, str] = field(default_factory=dict)
    heard: float = 0  # when, on the clock of this process

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def time(self, url: str, write: Write = READ, *, status: int = 200) -> float:
        """Return the milliseconds until the whole answer is here; raise when it has another status."""
        self.stay_connected()
        started = time.perf_counter()
        self.connection.request(write.method, url, write.body, {**self.headers, **write.headers})
        response = self.connection.getresponse()
        self.content = response.read()
        took = (time.perf_counter() - started) * 1000
        if response.status != status:
            raise AssertionError(f"{write.method} {url} was answered {response.status}: {self.content[:500]!r}")
        self.answered = response.headers
        return took

    def stay_connected(self) -> None:
        """Connect anew where the server may have hung up, as it does after a minute without a word."""
        if time.monotonic() - self.heard > IDLE:
            self.connection.close()
            self.connection.connect()
        self.heard = time.monotonic()
