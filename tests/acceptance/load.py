"""A client that writes a seeded random history over HTTP, and repeats each request until it is answered."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Self

import httpx

from connector.stack.readiness import UNSEALED
from tests.acceptance.history import DELETE, POST, PUT, History, Record, Sent

if TYPE_CHECKING:
    from types import TracebackType

    from tests.acceptance.local_stack import LocalStack

PAUSE = 0.1  # between two tries of a request
PATIENCE = 120.0  # for the answer to one request, with all its tries
TIMEOUT = 60.0  # longer than any server holds a request, so that a try given up here has ended there


class Author:
    """Writes records that nobody else writes, one request after the other, under one Process-Id."""

    def __init__(self, name: str, seed: str, *, keys: int, async_share: float) -> None:
        self.process_id = name
        self.random = Random(f"{seed} {name}")
        self.keys = [f"{name}-{number}" for number in range(keys)]
        self.async_share = async_share
        self.records = {key: Record() for key in self.keys}
        self.writes: list[Sent] = []

    def next_write(self) -> Sent:
        """Choose a write that mostly fits its record, and sometimes must be refused."""
        key = self.random.choice(self.keys)
        fitting = POST if self.records[key].value is None else PUT
        method = self.random.choices([fitting, DELETE, POST, PUT], weights=[80, 10, 5, 5])[0]
        sent = Sent(method, key, len(self.writes) + 1, self.process_id, self.random.random() < self.async_share)
        self.records[key].take(sent)
        self.writes.append(sent)
        return sent


class Load:
    """Authors at work for as long as the block lasts, one write each at least, or for so many writes each."""

    def __init__(
        self,
        stack: LocalStack,
        name: str,
        *,
        seed: str = "1",
        authors: int = 4,
        keys: int = 10,
        writes: int | None = None,
        async_share: float = 0.5,
    ) -> None:
        self.stack = stack
        self.limit = writes
        self.authors = [
            Author(f"{name}.{number}", seed, keys=keys, async_share=async_share) for number in range(authors)
        ]
        self.ended = Event()
        self.troubles: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(len(self.authors))
        self.at_work: list[Future[None]] = [self.pool.submit(self.write, author) for author in self.authors]
        return self

    def __exit__(self, kind: type[BaseException] | None, _exc: BaseException | None, _tb: TracebackType | None) -> None:
        """Let each author finish the request in hand, and raise what ended one early."""
        if kind or self.limit is None:
            self.ended.set()
        self.pool.shutdown()
        if kind is None:
            for author in self.at_work:
                author.result()

    def write(self, author: Author) -> None:
        with client_of(self.stack) as http:
            while not author.writes or not (self.ended.is_set() or len(author.writes) == self.limit):
                self.deliver(http, author.next_write())

    def deliver(self, http: httpx.Client, sent: Sent) -> None:
        """Send a write until it is acknowledged or refused, or until patience ends."""
        deadline = time.monotonic() + PATIENCE
        while not sent.status and time.monotonic() < deadline:
            self.attempt(http, sent)

    def attempt(self, http: httpx.Client, sent: Sent) -> None:
        sent.tries += 1
        started = time.monotonic()
        try:
            status = send(http, sent).status_code
        except httpx.TransportError as exc:
            self.suffer(type(exc).__name__)
            return
        if status >= 500:
            self.suffer(str(status))
            return
        sent.status, sent.seconds = status, time.monotonic() - started

    def suffer(self, trouble: str) -> None:
        self.troubles[trouble] += 1
        time.sleep(PAUSE)

    @property
    def history(self) -> History:
        return History([sent for author in self.authors for sent in author.writes])

    @property
    def answered(self) -> int:
        return sum(bool(sent.status) for author in self.authors for sent in list(author.writes))


def client_of(stack: LocalStack) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers=stack.headers, verify=UNSEALED, timeout=TIMEOUT, trust_env=False)


def send(http: httpx.Client, sent: Sent) -> httpx.Response:
    return http.request(sent.method, "/entity/product", content=sent.body, headers=sent.headers)
