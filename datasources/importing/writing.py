"""Rows become records: at once where that can be, each as a write of its own where it must be.

What has work waiting gets in line behind it, as a write of its own; so does every row where somebody listens to each
write of the entity, or it is pushed to Dsync, and where the database refuses one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from django.db import DataError, IntegrityError, transaction

from datasources.importing.sorting import Lines, Sorted, Sorter
from datasources.models import Import, Portion
from entities import merging
from entities.schema import EntitySchema
from sync import hooks
from sync.accepting import sets
from sync.accepting.sets import Fate
from sync.delivery import asking, modes
from sync.models import Switch


@dataclass(frozen=True)
class Writer:
    """Writes the rows of one file; the caller has a transaction."""

    import_: Import
    sorter: Sorter

    @property
    def schema(self) -> EntitySchema:
        return self.sorter.reader.way.schema

    def write(self, found: Sorted) -> int:
        """Write what is good, and return how many records changed; what is refused after all is put to the faults."""
        singly = self.singly(found)
        changed = self.merge({number: line for number, line in found.lines.items() if number not in singly})
        if changed is None:
            singly, changed = set(found.lines), 0
        return changed + self.write_singly(found, {*singly, *found.commands})

    def singly(self, found: Sorted) -> set[int]:
        """Return which lines are to be writes of their own.

        Raises:
            Unavailable: an operator has the entity take no writes.
        """
        modes.open_mode(self.schema)
        if is_followed(self.schema.name) or hooks.is_heard(self.schema):
            return set(found.lines)
        waiting = asking.waiting(self.schema.name, [key for _, key in found.lines.values()])
        return {number for number, (_, key) in found.lines.items() if key in waiting} if waiting else set()

    def merge(self, lines: Lines) -> int | None:
        """Write lines at once, and return how many records changed, None where one is refused."""
        for _ in range(2):  # The second time, what somebody else has created meanwhile is there to be changed.
            with suppress(IntegrityError, DataError), transaction.atomic():
                return self.merge_lines(lines)
        return None

    def merge_lines(self, lines: Lines) -> int:
        if not lines:
            return 0
        number = asking.next_number()
        self.note_portion(number, lines)
        by_key = {key: line for line, key in lines.values()}
        return merging.write(self.schema, self.sorter.reader.columns, by_key, number)

    def note_portion(self, number: int, rows: Collection[int]) -> None:
        """Keep where the records came from that are to have this number as their last delivery."""
        span = {"first_row": min(rows), "last_row": max(rows)}
        Portion.objects.create(number=number, of_import=self.import_, **span)

    def write_singly(self, found: Sorted, chosen: set[int]) -> int:
        """Write rows each as a write of its own, and return how many records changed; what is refused is at fault."""
        changed = 0
        for number in sorted(chosen - found.commands.keys()):
            found.lines.pop(number, None)
            self.sorter.judge_one(number, found.chunk.row(number), found)
        for numbers in portions(sorted(chosen & found.commands.keys()), sets.MOST):
            members = sets.apply(self.schema, [found.commands[number] for number in numbers])
            for number, member in zip(numbers, members, strict=True):
                if member.fate == Fate.REJECTED:
                    found.faults[number] = member.faults
                    found.commands.pop(number)
            changed += sum(member.fate in sets.OUTCOMES for member in members)
        return changed


def is_followed(entity: str) -> bool:
    """Tell whether Dsync is told of the entity's changes, which then are journalled each by itself."""
    return Switch.objects.filter(entity=entity, is_pushed=True).exists()


def portions(numbers: Sequence[int], most: int) -> Iterable[list[int]]:
    rest = iter(numbers)
    while portion := list(islice(rest, most)):
        yield portion
