"""When each entity was last heard of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from sync.models import Switch

# Each is the end of a range of the counts' index.
LAST = """
    SELECT name, greatest(
        (SELECT max(start) FROM sync_traffic WHERE minutes = 60 AND entity = name),
        (SELECT max(start) FROM sync_traffic WHERE minutes = 5 AND entity = name)
    ) FROM unnest(%s::text[]) AS asked (name)
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """When an entity last had a delivery or a file, to some minutes, and after how many hours it counts as silent."""

    last: datetime | None
    hours: int

    @property
    def is_silent(self) -> bool:
        if self.last is None or not self.hours:
            return False
        return self.last < timezone.now() - timedelta(hours=self.hours)


def heard(entities: Sequence[str], files: dict[str, datetime]) -> dict[str, Heard]:
    """Return when each entity was last heard of, by delivery or by file."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(entities)])
        deliveries = dict(cursor.fetchall())
    own = dict(Switch.objects.exclude(silent_hours=None).values_list("entity", "silent_hours"))
    hours = {name: own.get(name, settings.CONNECTOR_SILENT_HOURS) for name in entities}
    return {name: Heard(newest(deliveries[name], files.get(name)), hours[name]) for name in entities}


def newest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)
