"""What each of a record's deliveries changed, worked out backwards from what the record holds now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sync.models import Delivery, Outcome

UNKNOWN = object()


@dataclass(frozen=True)
class Change:
    """A column's values on both sides of a delivery; `after` is UNKNOWN where nothing tells it any more."""

    column: str
    before: Any
    after: Any


def changes(newest_first: Iterable[Delivery], now: dict[str, Any]) -> Iterator[tuple[Delivery, list[Change]]]:
    """Yield each delivery with what it changed.

    A delivery keeps what it replaced, so what it wrote is what the next one replaced, or what stands now. Before a
    create that revived the record other values stood, which nobody kept.
    """
    after = dict(now)
    for delivery in newest_first:
        before = delivery.previous or {}
        yield (
            delivery,
            [
                Change(column, value, after.get(column, UNKNOWN))
                for column, value in before.items()
                if after.get(column, UNKNOWN) != value
            ],
        )
        after = {} if delivery.outcome == Outcome.CREATED else {**after, **before}
