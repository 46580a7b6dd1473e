"""When a write last failed for want of room, which no probe finds as surely: most pages have some left."""

from __future__ import annotations

import time

FULL = "53100"
REMEMBERED = 15.0  # seconds, after which a write is let through again to see


class Disk:
    """The disk of the database, as the writes of this process find it."""

    full_at: float | None = None

    def note(self, sqlstate: str | None) -> None:
        """Note what the database said of a write that failed."""
        if sqlstate == FULL:
            self.full_at = time.monotonic()

    def is_full(self) -> bool:
        return self.full_at is not None and time.monotonic() - self.full_at < REMEMBERED


disk = Disk()
