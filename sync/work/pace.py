"""How often a process does what it does again and again."""

from __future__ import annotations

import time


class Pace:
    """Tells when something is due again that is done every so many seconds; at once at first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic()

    def is_due(self) -> bool:
        if time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.seconds
        return True

    def hurry(self) -> None:
        """Have it due again at once: it was not all."""
        self.next = time.monotonic()
