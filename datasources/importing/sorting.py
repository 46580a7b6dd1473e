"""A chunk of rows sorted: lines for COPY, single writes, and what has faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connector.edge.errors import Fault
from datasources.importing.judging import Judge
from datasources.importing.rows import Reader, shaped
from datasources.importing.table import Chunk
from sync.delivery.command import Command

Lines = Mapping[int, tuple[str, str]]


@dataclass
class Sorted:
    """A chunk's rows by their numbers: lines with their keys, single writes, and the faults of what is neither."""

    chunk: Chunk
    lines: dict[int, tuple[str, str]] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    faults: dict[int, Sequence[Fault]] = field(default_factory=dict)

    def copy(self) -> Sorted:
        return Sorted(self.chunk, dict(self.lines), dict(self.commands), dict(self.faults))

    @property
    def good(self) -> set[int]:
        return {*self.lines, *self.commands}

    def drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.lines.pop(number, None)
            self.commands.pop(number, None)


@dataclass(frozen=True)
class Sorter:
    """Sorts the chunks of one file; it asks nothing of the database."""

    reader: Reader
    judge: Judge

    def sort(self, chunk: Chunk) -> Sorted:
        """Tell a chunk's rows apart."""
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
