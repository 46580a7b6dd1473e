"""When each entity was last heard of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

SILENT = timedelta(days=1)
# Each is the end of a range of the counts' index.
LAST = """
    SELECT name, greatest(
        (SELECT max(start) FROM sync_traffic WHERE minutes = 60 AND entity = name),
        (SELECT max(start) FROM sync_traffic WHERE minutes = 5 AND entity = name)
    ) FROM unnest(%s::text[]) AS asked (name)
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """When an entity last had a delivery or a file, to some minutes; `is_silent` when that is more than a day ago."""

    last: datetime | None
    is_silent: bool


def heard(entities: Sequence[str], files: dict[str, datetime]) -> dict[str, Heard]:
    """Return when each entity was last heard of, by delivery or by file."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(entities)])
        deliveries = dict(cursor.fetchall())
    return {name: newest(deliveries[name], files.get(name)) for name in entities}


def newest(*moments: datetime | None) -> Heard:
    last = max((moment for moment in moments if moment), default=None)
    return Heard(last, is_silent=last is not None and last < timezone.now() - SILENT)
