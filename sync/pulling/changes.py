"""Reading what changed at a source, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

from django.db.models import Max

from entities.schema import EntitySchema
from sync.models import Pull
from sync.models.pull import Stage
from sync.pulling import pages
from sync.pulling.answers import ItemsPage
from sync.pulling.errors import Stopped, Unexpected
from sync.pulling.pages import Tally
from sync.pulling.patience import patiently
from sync.pulling.source import Source


@dataclass(frozen=True)
class Changes:
    """The changes that a pull reads: those since a moment, or those since its own walk began."""

    pull: Pull
    schema: EntitySchema
    source: Source
    stop: Event

    def run(self, since: str) -> Iterator[Tally]:
        """Read and apply pages of changes until the last, and yield what became of their records.

        Raises:
            PullError
        """
        number = self.last_number()
        while self.pull.stage == Stage.CHANGES:
            if self.stop.is_set():
                raise Stopped("It was told to stop.")
            number += 1
            yield self.turn(number, self.page(since))

    def last_number(self) -> int:
        last: int | None = self.pull.done_pages.aggregate(Max("number"))["number__max"]
        return last or 0

    def page(self, since: str) -> ItemsPage:
        first = {"changed_since": since, "deletions": "1", "per_page": str(self.pull.per_page)}
        page = self.source.items({"cursor": self.pull.cursor} if self.pull.cursor else first)
        if page.total is not None:
            raise Unexpected("The source does not tell what changed since a moment; pull everything.")
        if len(page.items) > self.pull.per_page:
            raise Unexpected(f"The source served {len(page.items)} records on a page of {self.pull.per_page}.")
        return page

    def turn(self, number: int, page: ItemsPage) -> Tally:
        """Apply a page; the last one moves the pull on."""
        then = {
            "cursor": page.next_cursor,
            "changes_cursor": page.changes_cursor or self.pull.changes_cursor,
            "stage": Stage.CHANGES if page.next_cursor else Stage.CHECKING,
        }
        tally = patiently(lambda: pages.commit(self.pull, self.schema, number, page.items, **then), self.stop)
        for name, value in then.items():
            setattr(self.pull, name, value)
        return tally
