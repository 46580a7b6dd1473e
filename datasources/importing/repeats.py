"""Which rows of a file name a record that an earlier row has named: found while it is looked through.

Keys are kept as 64-bit hashes in buckets, on disk where they are many, so that memory does not grow with the file. What
is kept afterwards is one number for each row, that of the row before it with the same key, or 0; mostly holes.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

BUCKETS = 256
IN_MEMORY = 8 * 1024  # numbers of a bucket
WIDTH = 4  # bytes of a row's number


class Finder:
    """Takes the keys of a file's rows in their order and writes which of them repeat others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.buckets = [array("q") for _ in range(BUCKETS)]
        self.appends = [bucket.append for bucket in self.buckets]
        self.files: dict[int, IO[bytes]] = {}

    def __enter__(self) -> Self:
        self.path.touch()
        return self

    def __exit__(self, kind: type[BaseException] | None, _exc: BaseException | None, _at: TracebackType | None) -> None:
        if kind is None:
            self.finish()
        for file in self.files.values():
            file.close()

    def take(self, keys: Sequence[str | None], numbers: Sequence[int]) -> None:
        """Take the keys of rows; None is the key of a row that has none."""
        if None in keys:
            numbers = [number for number, key in zip(numbers, keys, strict=True) if key is not None]
            keys = [key for key in keys if key is not None]
        appends = self.appends
        for hashed, number in zip(map(hash, keys), numbers, strict=True):
            append = appends[hashed & (BUCKETS - 1)]
            append(hashed)
            append(number)
        for place, bucket in enumerate(self.buckets):
            if len(bucket) > IN_MEMORY:
                self.spill(place, bucket)

    def spill(self, place: int, bucket: array[int]) -> None:
        if place not in self.files:
            self.files[place] = TemporaryFile(dir=self.path.parent)  # noqa: SIM115 (closed with the finder)
        bucket.tofile(self.files[place])
        del bucket[:]

    def finish(self) -> None:
        for place, bucket in enumerate(self.buckets):
            entries = array("q")
            if file := self.files.get(place):
                file.seek(0)
                entries.frombytes(file.read())
            entries.extend(bucket)
            self.link(entries)

    def link(self, entries: array[int]) -> None:
        """Write for each row of a bucket that repeats a key which row had it last; mostly none does."""
        if len(set(entries[::2])) * 2 == len(entries):
            return
        last: dict[int, int] = {}
        repeats = []
        for hashed, number in zip(entries[::2], entries[1::2], strict=True):
            if hashed in last:
                repeats.append((number, last[hashed]))
            last[hashed] = number
        if repeats:
            with self.path.open("r+b") as file:
                for number, before in repeats:
                    os.pwrite(file.fileno(), before.to_bytes(WIDTH, "little"), number * WIDTH)


class Repeats:
    """Tells of a row which one before it had the same key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def before(self, first: int, last: int) -> dict[int, int]:
        """Return, of the rows of a range that repeat a key, the row that had it last before."""
        with self.path.open("rb") as file:
            file.seek(first * WIDTH)
            wide = file.read((last - first + 1) * WIDTH)
        found = memoryview(wide[: len(wide) // WIDTH * WIDTH]).cast("I")
        return {first + place: number for place, number in enumerate(found) if number} if any(found) else {}
