"""Whether what failed is tried again, and when: a pure decision."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long the first wait is and the longest may be, in seconds, and how many tries there are."""

    first: float
    longest: float
    tries: int


OF_DELIVERIES = Schedule(first=2, longest=15 * 60, tries=16)
TRIES = OF_DELIVERIES.tries


def delay_after(tries: int, *, schedule: Schedule = OF_DELIVERIES, spread: float | None = None) -> timedelta | None:
    """Return how long to wait after so many failed tries, None when it is given up.

    The wait doubles from the first to the longest; `spread` (0 to 1, drawn when not given) shortens it by up to a half,
    so that what failed together does not come back together.
    """
    if tries >= schedule.tries:
        return None
    wait = min(schedule.longest, schedule.first * 2 ** min(tries - 1, 30))
    drawn = random.random() if spread is None else spread  # noqa: S311 (no secret)
    return timedelta(seconds=wait * (1 - drawn / 2))
