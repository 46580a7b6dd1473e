"""From accepted to applied, of what was answered 202: read from counts by bounds, so a figure is a bound."""

from __future__ import annotations

from collections.abc import Mapping

from sync.watching.traffic import BEYOND_MS

UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms"))


def bound_of(share: float, speeds: Mapping[int, int]) -> int | None:
    """Return the bound in milliseconds under which this share was applied; None where nothing was applied later."""
    wanted, passed = share * sum(speeds.values()), 0
    for under_ms, deliveries in sorted(speeds.items()):
        passed += deliveries
        if passed and passed >= wanted:
            return under_ms
    return None


def told(under_ms: int | None) -> str:
    """Return a bound as a person reads it, such as "< 20 ms"."""
    if under_ms is None:
        return "-"
    if under_ms >= BEYOND_MS:
        return "over a week"
    size, unit = next((size, unit) for size, unit in UNITS if under_ms >= size)
    return f"< {under_ms // size} {unit}"
