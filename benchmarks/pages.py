"""One client that reads products in pages of 100, over a connection that stays open; every page must be full."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SIZE = 100
PATIENCE = 120


@dataclass
class Reader:
    """Reads pages of a path; what the last one answered stays."""

    port: int
    path: str
    headers: dict[str, str]
    answer: dict[str, Any] = field(default_factory=dict)
    next_cursor: str | None = None

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def times(self, pages: Iterable[int]) -> list[float]:
        """Return the milliseconds that each of these pages took."""
        return [self.time(f"{self.path}?page={page}") for page in pages]

    def times_by_cursor(self, pages: int) -> list[float]:
        """Return the milliseconds of the first pages, as each names the next."""
        times, url = [], self.path
        for _ in range(pages):
            times.append(self.time(url))
            url = f"{self.path}?cursor={self.next_cursor}" if self.next_cursor else str(self.answer["next"])
        return times

    def time(self, url: str) -> float:
        started = time.perf_counter()
        self.connection.request("GET", url, headers=self.headers)
        response = self.connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - started) * 1000
        self.answer, self.next_cursor = json.loads(content), response.headers.get("Next-Cursor")
        items = self.answer["data"]["items"] if "data" in self.answer else self.answer.get("results", [])
        if response.status != 200 or len(items) != SIZE:
            raise AssertionError(f"{url} was answered {response.status} with {len(items)} products.")
        return took
