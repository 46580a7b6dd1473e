"""Mass synchronisation, walked page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import contract
from .exchange import Answer, Connector, Request

PATH = "//api/sync/items/"


@dataclass(slots=True)
class Walk:
    """What the pages of one walk told together."""

    key: str
    per_page: int
    status: int = 0
    milliseconds: float = 0
    page: int = 0
    total: int = 0
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def turn(self, answer: Answer) -> bool:
        """Take in the next page; false when there is no going on."""
        self.page += 1
        self.status = answer.status
        self.milliseconds += answer.milliseconds
        found = [*contract.faults(answer, 200), *paging_faults(answer), *self._total_faults(answer)]
        if answer.status == 200:
            found += self._item_faults(answer.data.get("items"))
        self.faults += [f"page {self.page}: {fault}" for fault in found]
        return not found

    def _total_faults(self, answer: Answer) -> Iterator[str]:
        total, per_page = answer.headers.get("Total", ""), answer.headers.get("Per-Page")
        if per_page != str(self.per_page):
            yield f"Per-Page is {per_page!r}, asked for were {self.per_page}"
        if self.page == 1:
            self.total = int(total) if total.isdecimal() else 0
        elif total != str(self.total):
            yield f"Total is {total!r}, it was {self.total} on the first page"

    def _item_faults(self, items: object) -> Iterator[str]:
        if not isinstance(items, list):
            yield "data has no list of items"
            return
        if len(items) > self.per_page or (self.page > self.pages and items):
            yield f"{len(items)} items of {self.per_page} a page and {self.total} in all"
        for item in items:
            key = item.get(self.key) if isinstance(item, dict) else None
            if not isinstance(key, str) or key in self.records:
                yield f"{key!r} is served twice or is no key"
            else:
                self.records[key] = item


def paging_faults(answer: Answer) -> Iterator[str]:
    """Name what is wrong with the headers of a page."""
    for name in ("Total", "Per-Page"):
        value = answer.headers.get(name)
        if value is None or not value.isdecimal():
            yield f"the header {name} is {value!r}, not a number"


def walk(
    connector: Connector,
    headers: Mapping[str, str],
    *,
    key: str,
    per_page: int = 500,
    turned: Callable[[Walk], None] = lambda _: None,
) -> Walk:
    """Walk every page and one more, which has to be empty; raises httpx.TransportError."""
    walked = Walk(key, per_page)
    going = True
    while going and walked.page <= walked.pages:
        query = f"?page={walked.page + 1}&per_page={per_page}"
        going = walked.turn(connector.send(Request("GET", PATH + query, headers)))
        turned(walked)
    if going and len(walked.records) != walked.total:
        walked.faults.append(f"{len(walked.records)} records were served, Total says {walked.total}")
    return walked
