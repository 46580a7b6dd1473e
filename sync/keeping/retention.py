"""Removing by age what is kept for people to look up: rows that nothing else hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Now

from notifications.models import Notification
from partners.models import Change
from sync.keeping.pruning import BATCH, Kind, register
from sync.models import Erasure, Job, Pull, Sweep
from sync.models.pull import Stage
from sync.models.sweep import SweepState


@dataclass(frozen=True)
class Aging:
    """Rows of a model that go so many days after a moment of theirs, as a setting says; 0 days keeps all."""

    setting: str
    model: type[Model]
    moment: str
    only: Q = field(default_factory=Q)

    def old(self, rows: QuerySet[Any], days: int | None) -> QuerySet[Any]:
        days = getattr(settings, self.setting) if days is None else days
        if not days:
            return rows.none()
        return rows.filter(self.only, **{f"{self.moment}__lt": Now() - timedelta(days=days)})

    def countable(self, days: int | None = None) -> int:
        return self.old(QuerySet(self.model), days).count()

    def prune(self, days: int | None = None) -> Iterator[int]:
        """Remove the old among the oldest, and yield how many each batch had; by time alone all would be read."""
        while numbers := list(self.old(self.oldest(), days).values_list("pk", flat=True)):
            QuerySet(self.model).filter(pk__in=numbers).delete()
            yield len(numbers)

    def oldest(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = QuerySet(self.model)
        return rows.filter(pk__in=rows.order_by("pk").values("pk")[:BATCH])


KINDS = {
    "notifications": Aging("CONNECTOR_NOTIFICATION_DAYS", Notification, "received_at"),
    "jobs": Aging("CONNECTOR_NOTIFICATION_DAYS", Job, "created_at"),
    "pulls": Aging("CONNECTOR_PULL_DAYS", Pull, "finished_at", Q(stage=Stage.DONE)),
    "sweeps": Aging("CONNECTOR_DELIVERY_DAYS", Sweep, "finished_at", ~Q(state=SweepState.RUNNING)),
    "changes of partners": Aging("CONNECTOR_TRAIL_DAYS", Change, "made_at"),
    "erasures": Aging("CONNECTOR_TRAIL_DAYS", Erasure, "erased_at"),
}
for noun, aging in KINDS.items():
    register(Kind(noun, aging.countable, aging.prune))
