"""Whether a failed delivery is tried again, and when: a pure decision."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=15)
TRIES = 16


def delay_after(tries: int, *, spread: float | None = None) -> timedelta | None:
    """Return how long to wait after so many failed tries, None when it is given up.

    The wait doubles from 2 s to 15 min; `spread` (0 to 1, drawn when not given) shortens it by up to a half, so that
    what failed together does not come back together.
    """
    if tries >= TRIES:
        return None
    wait = min(LONGEST, FIRST * 2 ** min(tries - 1, 30))
    drawn = random.random() if spread is None else spread  # noqa: S311 (no secret)
    shortened: timedelta = wait * (1 - drawn / 2)
    return shortened
