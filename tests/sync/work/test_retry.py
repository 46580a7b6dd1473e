"""Whether a failed delivery is tried again, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.work.retry import Schedule, delay_after


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 64), (9, 512), (10, 900), (15, 900), (16, None), (99, None)],
)
def test_delay_doubles_until_the_delivery_is_given_up(tries: int, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert delay_after(tries, spread=0) == expected


@pytest.mark.parametrize(("spread", "seconds"), [(0, 8), (0.5, 6), (1, 4)])
def test_delay_is_shortened_by_the_spread(spread: float, seconds: int) -> None:
    assert delay_after(3, spread=spread) == timedelta(seconds=seconds)


def test_delay_is_drawn_between_a_half_and_the_whole() -> None:
    drawn = [delay_after(4) for _ in range(200)]
    assert timedelta(seconds=8) <= min(drawn) < max(drawn) <= timedelta(seconds=16)


def test_delay_never_exceeds_the_longest() -> None:
    schedule = Schedule(first=1, longest=900, tries=100)
    assert delay_after(66, schedule=schedule, spread=0) == timedelta(seconds=900)
