"""A database of ours with so many products and deliveries, and the requests that are asked of it, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.asking import Asker, Write
from benchmarks.catalogues import PREFIX
from benchmarks.client import KEY, numbered
from benchmarks.load import BODY, UPDATE
from benchmarks.pages import SIZE

ITEMS = "/api/sync/items/"
ENTITY = "//entity/product"
STRIDE = 7919  # Shares no factor with the counts, so that numbers are spread evenly and none comes twice.
SLOW = 10  # A page for people takes so much longer that fewer of them do.


@dataclass
class Ground:
    """Each method yields the milliseconds of so many answers, spread over all that there is."""

    count: int
    dsync: Asker
    person: Asker
    drawn: int = 0

    def creates(self, times: int) -> Iterator[float]:
        for key in self.keys(times):
            body = BODY.replace(KEY, key + b"-new")  # Beside the one that is there, not at the end of the index.
            yield self.dsync.time(ENTITY, Write("POST", body), status=201)

    def updates(self, times: int) -> Iterator[float]:
        for key in self.keys(times):
            write = Write("PUT", UPDATE.replace(KEY, key), {"Entity-Id": key.decode()})
            yield self.dsync.time(ENTITY, write)

    def walked_pages(self, times: int) -> Iterator[float]:
        """Go on with a walk by its cursors; what opens one is not timed."""
        cursor = None
        for _ in range(times):
            if cursor is None:
                self.dsync.time(ITEMS)
                cursor = self.dsync.answered["Next-Cursor"]
            yield self.dsync.time(f"{ITEMS}?cursor={cursor}")
            cursor = self.dsync.answered.get("Next-Cursor")

    def numbered_pages(self, times: int) -> Iterator[float]:
        self.dsync.time(ITEMS)
        pages = self.count // SIZE
        for number in range(times):
            yield self.dsync.time(f"{ITEMS}?page={1 + number * pages // times}")

    def deliveries(self, times: int) -> Iterator[float]:
        for number in self.numbers(times):
            yield self.dsync.time(f"/delivery/{number}")

    def lists_for_people(self, times: int) -> Iterator[float]:
        for _ in range(times // SLOW):
            yield self.person.time("/admin/entities/product/")

    def keys(self, times: int) -> Iterator[bytes]:
        return (numbered(PREFIX, number) for number in self.numbers(times))

    def numbers(self, times: int) -> Iterator[int]:
        for _ in range(times):
            self.drawn += 1
            yield 1 + self.drawn * STRIDE % self.count


KINDS = {
    "create": Ground.creates,
    "update": Ground.updates,
    "page by cursor": Ground.walked_pages,
    "page by number": Ground.numbered_pages,
    "delivery": Ground.deliveries,
    "list in the admin": Ground.lists_for_people,
}
