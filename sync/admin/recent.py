"""From a moment to the first delivery since: the journal has no index by time, and its numbers rise with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

SLACK = timedelta(minutes=1)  # Numbers are drawn a little before the moment is written; no request takes so long.

BISECT = """
    WITH RECURSIVE bounds (low, high) AS (
        SELECT coalesce(min(id), 1), coalesce(max(id), 0) + 1 FROM sync_delivery
        UNION ALL
        SELECT
            CASE WHEN probe.accepted_at < %(since)s THEN probe.id + 1 ELSE low END,
            CASE WHEN probe.accepted_at < %(since)s THEN high ELSE (low + high) / 2 END
        FROM bounds LEFT JOIN LATERAL (
            SELECT id, accepted_at FROM sync_delivery WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1
        ) AS probe ON true
        WHERE low < high
    )
    SELECT max(low) FROM bounds
"""


def first_since(moment: datetime) -> int:
    """Return a number below which every delivery was accepted before this moment; some 20 to 40 probes of the key."""
    with connection.cursor() as cursor:
        cursor.execute(BISECT, {"since": moment - SLACK})
        return int(cursor.fetchone()[0])
