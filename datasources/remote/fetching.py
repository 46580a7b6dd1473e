"""Fetching a file whole into the spool; what is there already is not fetched again."""

from __future__ import annotations

import time
from fcntl import LOCK_EX, LOCK_NB, flock
from os import SEEK_END
from pathlib import Path
from typing import IO

from django.conf import settings

from datasources.remote.entries import Entry, Remote
from datasources.remote.errors import FileChanged, FileTooLarge, Unreachable


def fetch(remote: Remote, entry: Entry, spool: Path, *, until: float = float("inf")) -> bool:
    """Go on fetching until the file is whole or the time is up, and tell whether it is whole.

    Raises:
        RemoteFailed, FileFailed
    """
    if entry.size > settings.CONNECTOR_FILE_LIMIT:
        raise FileTooLarge(f"It is larger than {settings.CONNECTOR_FILE_LIMIT:,} bytes.")
    refuse_change(remote, entry)
    if not go_on(remote, entry, spool, until):
        return False
    refuse_change(remote, entry)
    return True


def go_on(remote: Remote, entry: Entry, spool: Path, until: float) -> bool:
    with spool.open("ab") as file:
        take(file)
        if file.tell() < entry.size:
            for block in remote.read(entry, file.tell()):
                file.write(block)
                if file.tell() > entry.size:
                    raise FileChanged("It grew while it was fetched; the next run takes it.")
                if time.monotonic() > until and file.tell() < entry.size:
                    return False
        if file.tell() < entry.size:
            raise Unreachable("The server cut a file off.")
    return True


def take(file: IO[bytes]) -> None:
    """Have a file for ourselves until it is closed: who lost its lease in a long silence may still wait to write."""
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError as exc:
        raise Unreachable("Another worker is still at the file.") from exc
    file.seek(0, SEEK_END)


def refuse_change(remote: Remote, entry: Entry) -> None:
    now = remote.look(entry.path)
    if (now.size, now.modified) != (entry.size, entry.modified):
        raise FileChanged("It changed while it was fetched; the next run takes it.")
