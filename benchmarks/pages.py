"""One client that reads products in pages of 100; every page must be full."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.asking import Asker

SIZE = 100


@dataclass
class Reader:
    """Reads pages of a path; what the last one answered stays."""

    port: int
    path: str
    headers: dict[str, str]
    answer: dict[str, Any] = field(default_factory=dict)
    next_cursor: str | None = None

    def __post_init__(self) -> None:
        self.asker = Asker(self.port, self.headers)

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
        took = self.asker.time(url)
        self.answer, self.next_cursor = json.loads(self.asker.content), self.asker.answered.get("Next-Cursor")
        items = self.answer["data"]["items"] if "data" in self.answer else self.answer.get("results", [])
        if len(items) != SIZE:
            raise AssertionError(f"{url} was answered with {len(items)} products.")
        return took
