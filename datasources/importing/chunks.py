"""What becomes of a chunk of rows: all of it, and how far the import is, in one transaction.

Rows go into their table at once. What has work waiting gets in line behind it, as a write of its own; so does every row
where somebody listens to each write of the entity, or it is pushed to Dsync, and where the database refuses one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from connector.edge.errors import Fault
from datasources.importing import noting, superseding
from datasources.importing.judging import Judge
from datasources.importing.repeats import Repeats
from datasources.importing.rows import Reader, shaped
from datasources.importing.table import Chunk
from datasources.models import Import, ImportState, Portion
from entities import merging
from sync import hooks, journal, modes, sets
from sync.command import Command
from sync.models import Switch
from sync.sets import Fate

AT_ONCE = 10_000


class Overtaken(Exception):
    """The import is not where it was: it was cancelled, or somebody else has imported this chunk."""


@dataclass
class Sorted:
    """A chunk's rows by their numbers: lines with their keys, single writes, and the faults of what is neither."""

    chunk: Chunk
    lines: dict[int, tuple[str, str]] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    faults: dict[int, Sequence[Fault]] = field(default_factory=dict)

    @property
    def good(self) -> set[int]:
        return {*self.lines, *self.commands}

    def drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.lines.pop(number, None)
            self.commands.pop(number, None)


@dataclass(frozen=True)
class Importer:
    """Imports the chunks of one file."""

    import_: Import
    reader: Reader
    judge: Judge
    repeats: Repeats

    def apply(self, found: Sorted) -> None:
        """Import a chunk, which is sorted, and move the import on.

        Raises:
            Overtaken: nothing is done.
            Unavailable: an operator has the entity take no writes.
            DatabaseError: nothing is done; it may be tried again.
        """
        chunk, good = found.chunk, found.good
        by_number = dict(zip(chunk.numbers, chunk.rows, strict=True))
        superseded = self.superseded(chunk, good)
        found.drop(superseded.here)
        with transaction.atomic():
            self.fence()
            changed = self.write(found, by_number)
            while refused := good & found.faults.keys():  # After all; what they stood for counts again.
                good -= refused
                former, superseded = superseded, self.superseded(chunk, good)
                changed += self.write_singly(found, by_number, former.here - superseded.here - refused)
            noting.note(self.import_, self.reader, found.faults, {*superseded.here, *superseded.earlier})
            self.move_on(chunk, found, superseded, changed)

    def superseded(self, chunk: Chunk, good: set[int]) -> superseding.Superseded:
        before = self.repeats.before(chunk.before + 1, chunk.position)
        return superseding.find(self.import_, self.repeats, before, good, chunk.before)

    def sort(self, chunk: Chunk) -> Sorted:
        """Tell a chunk's rows apart; it asks nothing of the database."""
        found = Sorted(chunk)
        rows, numbers, ragged = shaped(chunk.rows, chunk.numbers, self.reader.width)
        found.faults.update(ragged)
        read = self.reader.lines(rows)
        found.lines = {
            number: (line, key)
            for number, line, key in zip(numbers, read.texts, read.keys, strict=True)
            if line is not None and key is not None
        }
        if len(found.lines) < len(rows):
            for place, (number, row) in enumerate(zip(numbers, rows, strict=True)):
                if number not in found.lines:
                    self.judge_one(number, row, found, read.columns.get(place, ()))
        return found

    def judge_one(self, number: int, row: Sequence[str], found: Sorted, columns: Sequence[str] = ()) -> None:
        """Judge a row by the columns that are at fault; by the whole of it where none are, or nothing is in them."""
        if columns and (of_columns := self.judge.faults_in(row, columns)):
            found.faults[number] = of_columns
            return
        command, faults = self.judge.command(row)
        if command is None:
            found.faults[number] = faults
        else:
            found.commands[number] = command

    def fence(self) -> None:
        """Hold the import's row, so that this chunk is imported once, whoever else is at it."""
        here = {"pk": self.import_.pk, "offset": self.import_.offset, "state": ImportState.PROCESSING}
        if not Import.objects.select_for_update(of=("self",)).filter(**here).exists():
            raise Overtaken

    def write(self, found: Sorted, rows: Mapping[int, Sequence[str]]) -> int:
        """Write what is good, and return how many records changed; what is refused after all is put to the faults."""
        schema = self.reader.way.schema
        modes.open_mode(schema)
        if is_followed(self.reader.way.schema.name) or hooks.is_heard(schema):
            singly = set(found.lines)
        else:
            waiting = journal.waiting(schema.name, [key for _, key in found.lines.values()])
            singly = {number for number, (_, key) in found.lines.items() if key in waiting} if waiting else set()
        changed = self.merge(found, singly)
        return changed + self.write_singly(found, rows, {*singly, *found.commands})

    def merge(self, found: Sorted, singly: set[int]) -> int:
        """Write lines at once, and return how many records changed; where one is refused, each is to be single."""
        schema, columns = self.reader.way.schema, self.reader.columns
        lines = [line for number, (line, _) in found.lines.items() if number not in singly]
        if not lines:
            return 0
        for _ in range(2):  # The second time, what somebody else has created meanwhile is there to be changed.
            with suppress(IntegrityError, DataError), transaction.atomic():
                number = journal.next_number()
                self.note_portion(number, set(found.lines) - singly)
                return merging.merge(schema, columns, lines, number)
        singly.update(found.lines)
        return 0

    def note_portion(self, number: int, rows: Collection[int]) -> None:
        """Keep where the records came from that are to have this number as their last delivery."""
        span = {"first_row": min(rows), "last_row": max(rows)}
        Portion.objects.create(number=number, of_import=self.import_, **span)

    def write_singly(self, found: Sorted, rows: Mapping[int, Sequence[str]], chosen: set[int]) -> int:
        """Write rows each as a write of its own, and return how many records changed; what is refused is at fault."""
        changed = 0
        for number in sorted(chosen - found.commands.keys()):
            found.lines.pop(number, None)
            self.judge_one(number, rows[number], found)
        for numbers in portions(sorted(chosen & found.commands.keys()), sets.MOST):
            members = sets.apply(self.reader.way.schema, [found.commands[number] for number in numbers])
            for number, member in zip(numbers, members, strict=True):
                if member.fate == Fate.REJECTED:
                    found.faults[number] = member.faults
                    found.commands.pop(number)
            changed += sum(member.fate in sets.OUTCOMES for member in members)
        return changed

    def move_on(self, chunk: Chunk, found: Sorted, superseded: superseding.Superseded, changed: int) -> None:
        earlier = len(superseded.earlier)
        counts = {
            "rows": len(chunk.rows),
            "rows_ok": len(found.good) - earlier,
            "rows_with_errors": len(found.faults),
            "rows_skipped": len(superseded.here) + earlier,
            "rows_changed": changed,
        }
        added = {name: F(name) + count for name, count in counts.items()}
        place = {"offset": chunk.offset, "position": chunk.position}
        Import.objects.filter(pk=self.import_.pk).update(modified_at=Now(), **place, **added)
        self.import_.offset, self.import_.position = chunk.offset, chunk.position


def is_followed(entity: str) -> bool:
    """Tell whether Dsync is told of the entity's changes, which then are journalled each by itself."""
    return Switch.objects.filter(entity=entity, is_pushed=True).exists()


def portions(numbers: Sequence[int], most: int) -> Iterable[list[int]]:
    rest = iter(numbers)
    while portion := list(islice(rest, most)):
        yield portion
