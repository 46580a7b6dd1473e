"""A number for each process of a host that counts, which nobody else has while it lives.

The next process that gets a dead one's number goes on with its counts. So a counter never falls, there are as many
files as there ever were processes at once, and nothing is to be cleaned up after any of them.
"""

from __future__ import annotations

import fcntl
import os
from io import BufferedRandom
from pathlib import Path

MOST = 10_000


class Slots:
    """Numbers, each held by a lock on one byte of a file: the system lets go of it with the process, a fork's too."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "slots"
        self.pid = 0
        self.number = 0
        self.file: BufferedRandom | None = None

    def __call__(self) -> int:
        """Return the number of this process."""
        if self.pid != os.getpid():
            self.number, self.pid = self.take(), os.getpid()
        return self.number

    def take(self) -> int:
        # Whoever closes the file lets go of its locks; what a fork inherited is held by none.
        self.file = self.file or os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        return next(number for number in range(MOST) if self.is_taken(number))

    def is_taken(self, number: int) -> bool:
        assert self.file is not None  # noqa: S101 (opened just before)
        try:
            fcntl.lockf(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            return False
        return True
