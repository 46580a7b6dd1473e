"""One run of a pull, from opening it to its end, or to where the next run goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from entities.schema import EntitySchema
from sync.models import Pull
from sync.models.pull import Stage
from sync.pulling import pages
from sync.pulling.changes import Changes
from sync.pulling.errors import Refused, Restarted, Stopped
from sync.pulling.opening import unused_size
from sync.pulling.pages import Tally
from sync.pulling.patience import patiently
from sync.pulling.removal import Removal
from sync.pulling.source import Source
from sync.pulling.verdict import doubts
from sync.pulling.walk import Walk, begin_anew

WALKS = 3  # in one run, before the source is taken to be unable to keep one


@dataclass
class Run:
    """A pull at work; `doubts` are why nothing was removed, or why the walk is not known to be complete."""

    pull: Pull
    schema: EntitySchema
    source: Source
    stop: Event
    threads: int = 4
    allowed: int | None = None
    doubts: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Counter)

    def steps(self) -> Iterator[Tally]:
        """Go on with the pull until its end, and yield what became of the records of each page.

        Raises:
            PullError: it ends before; the next run goes on.
        """
        self.tally.update(pages.tally(self.pull))
        if self.pull.stage == Stage.WALKING:
            yield from self.counted(self.walk())
        if self.pull.stage == Stage.CHANGES:
            yield from self.counted(self.changes())
        if self.pull.stage == Stage.CHECKING:
            self.check()
        if self.pull.stage == Stage.REMOVING:
            yield from self.counted(self.removal.run())
            self.move(Stage.DONE)
        self.tally = pages.tally(self.pull)  # A commit whose reply was lost was counted by nobody.

    def counted(self, steps: Iterator[Tally]) -> Iterator[Tally]:
        for tally in steps:
            self.tally.update(tally)
            yield tally

    def walk(self) -> Iterator[Tally]:
        """Walk the source, anew where it began another walk."""
        for number in range(1, WALKS + 1):
            try:
                yield from Walk(self.pull, self.schema, self.source, self.stop).run(self.threads)
            except Restarted:
                if number == WALKS:
                    raise
                begin_anew(self.pull, unused_size(self.pull.source, self.pull.per_page))
                self.tally.clear()
            else:
                break
        if self.stop.is_set():
            raise Stopped("It was told to stop.")
        # The page that told where changes begin was another thread's, and this one's connection may be lost by now.
        patiently(self.pull.refresh_from_db, self.stop)
        self.move(Stage.CHANGES if self.pull.changes_cursor else Stage.CHECKING)

    def changes(self) -> Iterator[Tally]:
        """Read what changed since the moment that was asked for, or while the walk went on."""
        since = self.pull.changed_since or self.pull.changes_cursor
        try:
            yield from Changes(self.pull, self.schema, self.source, self.stop).run(since)
        except Refused as exc:
            if self.pull.changed_since:
                raise
            self.doubts.append(f"What changed during the walk could not be read. {exc}")
            self.move(Stage.CHECKING, changes_cursor="")

    def check(self) -> None:
        """See whether the walk was complete, and go on to removing what it did not have where that is wanted."""
        if not self.pull.changed_since:
            self.doubts += doubts(self.pull, self.source)
        if self.pull.is_generation and not self.doubts:
            self.doubts += self.removal.too_many(self.allowed)
        self.move(Stage.REMOVING if self.pull.is_generation and not self.doubts else Stage.DONE)

    @property
    def removal(self) -> Removal:
        return Removal(self.pull, self.schema, self.stop)

    def move(self, stage: Stage, **changes: Any) -> None:
        changes |= {"stage": stage, **({"finished_at": Now()} if stage == Stage.DONE else {})}
        with transaction.atomic():
            pages.hold(self.pull)
            Pull.objects.filter(pk=self.pull.pk).update(**changes)
        self.pull.refresh_from_db()
