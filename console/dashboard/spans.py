"""The stretches of time that the first page may show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from sync.watching.traffic import COARSE, FINE

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # From which PostgreSQL counts too, see sync/watching/traffic.py.


@dataclass(frozen=True)
class Span:
    """So many steps up to now, the last of them under way; `minutes` names the counts that it is made of."""

    name: str
    title: str
    steps: int
    step: timedelta
    minutes: int
    label: str

    def starts(self, now: datetime) -> list[datetime]:
        """Return when each step begins, the oldest first."""
        current = now - (now - EPOCH) % self.step
        return [current - self.step * back for back in range(self.steps - 1, -1, -1)]

    def labels(self, starts: list[datetime]) -> list[str]:
        return [timezone.localtime(start).strftime(self.label) for start in starts]


SPANS = {
    span.name: span
    for span in (
        Span("hour", "Hour", 12, timedelta(minutes=5), FINE, "%H:%M"),
        Span("day", "Day", 24, timedelta(hours=1), COARSE, "%H:%M"),
        Span("week", "Week", 28, timedelta(hours=6), COARSE, "%b %d %H:%M"),
    )
}
DEFAULT = SPANS["day"]


def chosen(name: str | None) -> Span:
    return SPANS.get(name or "", DEFAULT)
