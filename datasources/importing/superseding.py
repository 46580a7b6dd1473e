"""Of equal keys in a file the last good row wins; the ones before it are skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datasources.importing.repeats import Repeats
from datasources.models import Import, Reject


@dataclass
class Superseded:
    """Good rows whose records later good rows name: in the chunk at hand, and in those that are imported."""

    here: set[int] = field(default_factory=set)
    earlier: set[int] = field(default_factory=set)


def find(import_: Import, repeats: Repeats, before: Mapping[int, int], good: set[int], last_done: int) -> Superseded:
    """Return which rows the good rows of a chunk supersede; rows up to `last_done` are imported."""
    found = Superseded()
    earlier: set[int] = set()
    for number in sorted(before.keys() & good):
        place: int | None = before[number]
        while place is not None and place > last_done and place not in good:
            place = before.get(place)
        if place is None:
            continue
        (found.here if place > last_done else earlier).add(place)
    found.earlier = good_ones(import_, repeats, earlier)
    return found


def good_ones(import_: Import, repeats: Repeats, places: set[int]) -> set[int]:
    """Return the good rows among these; in the place of a bad one the last good one before it with the same key."""
    found: set[int] = set()
    while places:
        bad = set(
            Reject.objects.faults().filter(of_import=import_, row__in=places).values_list("row", flat=True).distinct()
        )
        found |= places - bad
        places = {before for place in bad if (before := repeats.before(place, place).get(place))}
    return found
