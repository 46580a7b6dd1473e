"""Removing by age: alerts that are over, as long after as deliveries are kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from alerts.models import Alert
from sync.keeping.pruning import BATCH, Kind, register


def prune(days: int | None = None) -> Iterator[int]:
    """Remove alerts that ended more than so many days ago, and yield how many each batch had; 0 days keeps all."""
    days = settings.CONNECTOR_DELIVERY_DAYS if days is None else days
    while days and (old := list(Alert.objects.ended_longer_than(days).values_list("pk", flat=True)[:BATCH])):
        Alert.objects.filter(pk__in=old).delete()
        yield len(old)


def countable(days: int | None = None) -> int:
    """Return how many alerts ended more than so many days ago."""
    days = settings.CONNECTOR_DELIVERY_DAYS if days is None else days
    return Alert.objects.ended_longer_than(days).count() if days else 0


register(Kind("alerts", countable, prune))
