"""How much is waiting, as the dispatcher measures it each second; no counter is touched by a write."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from connector.edge.errors import Unavailable
from connector.edge.kept import kept
from sync.keeping.floors import OPEN, raised
from sync.models import Gauge

NAME = "backlog"
CACHE_SECONDS = 1
STALE = timedelta(seconds=30)
MEASURE = f"""
    INSERT INTO sync_gauge (name, value, measured_at)
    SELECT %s, count(*), now() FROM (
        SELECT FROM sync_delivery WHERE state IN ('accepted', 'retrying') AND {OPEN} LIMIT %s
    ) AS waiting
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, measured_at = excluded.measured_at
"""  # noqa: S608 (a condition of ours)


def measure() -> None:
    """Count what waits, up to a little more than the limit, for every process to see."""
    with connection.cursor() as cursor:
        cursor.execute(raised(MEASURE), [NAME, settings.CONNECTOR_BACKLOG + 1])


@kept(CACHE_SECONDS)
def size() -> int:
    """Return how many deliveries wait, as last measured; 0 when nobody measures: nothing is refused on hearsay."""
    fresh = Gauge.objects.filter(pk=NAME, measured_at__gt=Now() - STALE)
    return fresh.values_list("value", flat=True).first() or 0


def is_full() -> bool:
    """Tell whether too much is waiting; it may be overshot by what a second brings."""
    return bool(size() >= settings.CONNECTOR_BACKLOG)


def check() -> None:
    """Raise Unavailable while too much is waiting."""
    if is_full():
        raise Unavailable("Too many writes are waiting to be applied; send the request again later.")


def forget_size() -> None:
    """Drop what this process remembers of the backlog."""
    size.forget()
