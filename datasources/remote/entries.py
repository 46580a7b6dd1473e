"""`Remote`: what every kind of server can do, and the files that it lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LISTED = 100_000  # files of a folder that are looked at
UNFINISHED = (".part", ".filepart", ".tmp", ".crdownload", ".swp")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as a listing names it: `path` is what the server is asked for, its bytes as latin-1."""

    path: str
    size: int
    modified: datetime | None

    @property
    def raw_name(self) -> bytes:
        return self.path.rpartition("/")[2].encode("latin-1", "replace")

    @property
    def name(self) -> str:
        """The name as a person may read it, and a database keep it."""
        shown = self.raw_name.decode("utf-8", "backslashreplace")
        return "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown)[:255]


class Remote(Protocol):
    """A connection to a folder of a partner; every method raises RemoteFailed, those of a file also FileFailed."""

    def entries(self) -> Iterator[Entry]:
        """Yield every file of the folder, not of folders within; names are as the server sends them."""

    def look(self, path: str) -> Entry:
        """Return how a file is now."""

    def read(self, entry: Entry, offset: int) -> Iterator[bytes]:
        """Yield the content from an offset on."""

    def close(self) -> None: ...


def refusal(entry: Entry, folder: str) -> str | None:
    """Return why a file is not even looked at, or None; the name is all that is judged."""
    name = entry.raw_name
    text = name.decode("utf-8", "replace")
    if name in (b"", b".", b"..") or entry.path != joined(folder, entry.path.rpartition("/")[2]) or b"\\" in name:
        return "Its name leads to another folder."
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text):
        return "Its name has control characters."
    if text.startswith(".") or text.lower().endswith(UNFINISHED):
        return "Its name is that of a hidden or unfinished file."
    return None


def wire(text: str) -> str:
    """Return a path as it is sent: its UTF-8 bytes as latin-1, so that a name of any bytes can be named again."""
    return text.encode().decode("latin-1")


def joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"
