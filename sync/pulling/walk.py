"""Reading all records of a source: page 1 opens a walk, the others are read side by side, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

from django.db import transaction

from entities.schema import EntitySchema
from sync.models import Pull
from sync.models.pull import Stage
from sync.pulling import pages
from sync.pulling.answers import ItemsPage
from sync.pulling.errors import Restarted, Unexpected
from sync.pulling.pages import Tally
from sync.pulling.patience import patiently
from sync.pulling.side_by_side import Threads
from sync.pulling.source import Source


@dataclass(frozen=True)
class Walk:
    """The walk of a pull; no other walk of ours at the source has the same number of records a page.

    The source knows a walk by that number and its reader, so that pages of two would be mixed up otherwise.
    """

    pull: Pull
    schema: EntitySchema
    source: Source
    stop: Event

    def run(self, threads: int) -> Iterator[Tally]:
        """Read and apply every page that is not done, and yield what became of its records.

        Raises:
            Restarted: the source has begun another walk.
            PullError
        """
        if self.pull.total is None:
            yield self.open()
        done = set(self.pull.done_pages.values_list("number", flat=True))
        # One more than there are: it must be empty.
        numbers = (number for number in range(2, self.pull.pages + 2) if number not in done)
        yield from Threads(self.turn, numbers, self.stop).run(threads)

    def open(self) -> Tally:
        page = self.page(1)
        if page.total is None:
            raise Unexpected("The source tells no Total.")
        self.pull.total = page.total
        self.pull.pages = max(1, -(-page.total // self.pull.per_page))
        then = {"total": page.total, "pages": self.pull.pages, "changes_cursor": page.changes_cursor}
        self.pull.changes_cursor = page.changes_cursor
        return patiently(lambda: pages.commit(self.pull, self.schema, 1, page.items, **then), self.stop)

    def turn(self, number: int) -> Tally:
        page = self.page(number)
        if page.is_restarted or page.total != self.pull.total:
            raise Restarted("The source began another walk.")
        then = {"changes_cursor": page.changes_cursor} if page.changes_cursor else {}
        return patiently(lambda: pages.commit(self.pull, self.schema, number, page.items, **then), self.stop)

    def page(self, number: int) -> ItemsPage:
        page = self.source.items({"page": str(number), "per_page": str(self.pull.per_page)})
        if len(page.items) > self.pull.per_page:
            raise Unexpected(f"The source served {len(page.items)} records on a page of {self.pull.per_page}.")
        return page


@transaction.atomic
def begin_anew(pull: Pull, per_page: int) -> None:
    """Forget the pages of a walk that the source no longer goes on with; what they brought stays."""
    pages.hold(pull)
    pull.done_pages.all().delete()
    pull.per_page, pull.total, pull.pages, pull.stage = per_page, None, 0, Stage.WALKING
    pull.cursor = pull.changes_cursor = ""
    pull.save()
