"""The rows of a file: UTF-8 text of one delimiter, read in chunks, each of which tells where the next one begins."""

from __future__ import annotations

import csv
from bisect import bisect_left
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

from datasources.importing.errors import BadFile
from datasources.importing.grid import Grid, Rows, have_something

LONGEST_LINE = 1024 * 1024
LONGEST_HEADER = 64 * 1024  # characters of it by which the delimiter is told
MOST_BYTES = 2 * 1024 * 1024  # of a chunk: in memory it becomes many times that.
USUAL_LINE = 100  # bytes, until some were seen
DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows with their numbers, as a spreadsheet counts them: those after the row `before`, up to the row `position`.

    The next chunk begins at `offset`.
    """

    before: int
    rows: Rows
    numbers: Sequence[int]
    offset: int
    position: int

    def row(self, number: int) -> list[str]:
        return self.rows[bisect_left(self.numbers, number)]


class Table:
    """A file that is read from a place in it on; use it as a context manager."""

    def __init__(self, path: Path, delimiter: str = ",", offset: int = 0, position: int = 0) -> None:
        self.delimiter = delimiter
        self.position = position
        self.file = path.open("rb", buffering=256 * 1024)
        self.file.seek(offset)
        self.offset = offset or self.pass_mark()
        self.length = USUAL_LINE

    def pass_mark(self) -> int:
        """Go past the mark at the beginning: a quote that follows it would be no quote any more."""
        mark = self.file.read(len(BOM_UTF8))
        return self.file.seek(len(BOM_UTF8) if mark == BOM_UTF8 else 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.file.close()

    def header(self) -> list[str]:
        """Return the names of the columns; the header is the first row that is not empty.

        Raises:
            BadFile: there is none.
        """
        while rows := self.read(1):
            if any(rows[0]):
                return rows[0]
        raise BadFile("The file is empty.")

    def chunks(self, most: int) -> Iterator[Chunk]:
        """Yield the rest of the rows in chunks of up to so many."""
        while (chunk := self.chunk(most)).position > chunk.before:
            yield chunk

    def chunk(self, most: int) -> Chunk:
        """Return the next rows, up to so many; those in which every cell is empty are left out."""
        first = self.position
        rows = self.read(most)
        numbers: Sequence[int] = range(first + 1, first + 1 + len(rows))
        if not have_something(rows):
            numbers = [number for number, row in zip(numbers, rows, strict=True) if any(row)]
            rows = [row for row in rows if any(row)]
        return Chunk(first, rows, numbers, self.offset, self.position)

    def read(self, most: int) -> Rows:
        """Return the next rows; `offset` is where they end.

        Raises:
            BadFile: the quotes or lines of one cannot be made out.
        """
        raw = self.some(most)
        text = raw.decode()
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if '"' in text or "\r" in text:
            self.file.seek(self.offset)
            rows = self.quoted(most)
        else:
            self.offset += len(raw)
            rows = self.plain(text.removesuffix("\n")) if text else []
        self.position += len(rows)
        return rows

    def some(self, most: int) -> bytes:
        """Return up to so many lines, and fewer where they are long, or longer than those before."""
        raw = self.file.read(min(most * self.length, MOST_BYTES)) + self.file.readline()
        count = raw.count(b"\n")
        if count > most:
            raw = raw.rsplit(b"\n", count - most + 1)[0] + b"\n"
            self.file.seek(self.offset + len(raw))
        self.length = max(1, len(raw) // max(1, min(count, most)))
        return raw

    def plain(self, text: str) -> Rows:
        """Return the rows of lines that have no quotes."""
        return Grid.of(text, self.delimiter) or [line.split(self.delimiter) for line in text.split("\n")]

    def quoted(self, most: int) -> Rows:
        """Return the next rows where a row may have several lines."""
        rows: list[list[str]] = []
        try:
            end = self.offset + MOST_BYTES
            for row in islice(csv.reader(self.lines(), delimiter=self.delimiter, strict=True), most):
                rows.append(row)
                if self.offset >= end:
                    break
        except csv.Error as exc:
            raise BadFile(told(str(exc), self.position + len(rows) + 1)) from exc
        return rows

    def lines(self) -> Iterator[str]:
        """Yield lines one by one as they are asked for, so that `offset` is always the end of a row."""
        for line in self.file:
            self.offset += len(line)
            yield line.decode()


def check_lines(path: Path) -> None:
    """See that no line of a file is so long that memory would grow with it.

    Raises:
        BadFile: one is.
    """
    with path.open("rb") as file:
        while block := file.read(LONGEST_LINE):
            if len(block) == LONGEST_LINE and b"\n" not in block:
                raise BadFile(f"It has a line of more than {LONGEST_LINE:,} bytes.")


def told(message: str, row: int) -> str:
    """Return what the reader of CSV says for the person who has to mend the file."""
    if "unexpected end" in message or "field larger" in message:
        return f"Row {row} has a quote that is never closed."
    if "expected after" in message:
        return f'Row {row} has a quote inside a quoted text; inside of quotes write "" for one.'
    if "new-line" in message:
        return f"Row {row} has a carriage return outside of quotes, where others end by a line feed."
    return f"Row {row} cannot be read: {message}."


def delimiter_in(path: Path, known: frozenset[str]) -> str:
    """Return what divides the columns of a file, told by its first line that is not empty; see `delimiter_of`."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        line = next((line for line in iter(lambda: file.readline(LONGEST_HEADER), "") if line.strip()), "")
    return delimiter_of(line, known)


def delimiter_of(line: str, known: frozenset[str]) -> str:
    """Return what divides a header: what gives most names that are known, then most names.

    Raises:
        BadFile: its quotes or line ends cannot be made out.
    """

    def score(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader([line], delimiter=delimiter), [])
        return sum(name.strip() in known for name in names), len(names)

    try:
        return max(DELIMITERS, key=score)
    except csv.Error as exc:
        raise BadFile(told(str(exc), 1)) from exc
