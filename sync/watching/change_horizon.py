"""Whether readers of changes get on: they are told what lies before the oldest transaction that is still open."""

from __future__ import annotations

from django.db import connection

from connector.edge.health.parts import register_part
from connector.edge.health.pulse import rounded

LATE = 300  # seconds
# The dispatcher notes each minute how far the transactions are: since when has it noted the same?
STANDS = """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8
    FROM (SELECT at, epoch, xid FROM sync_milestone ORDER BY at DESC LIMIT 1500) AS recent,
         (SELECT pg_current_snapshot() AS seen) AS now
    WHERE epoch = connector_epoch() AND xid >= pg_snapshot_xmin(seen)::text::bigint
    AND pg_snapshot_xmin(seen) < pg_snapshot_xmax(seen)
"""


def seconds_behind() -> float:
    """Return for how long nothing new was told; 0 where it is less than the time between two notes, about a minute."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS)
        return float(cursor.fetchone()[0])


@register_part("changes")
def reason() -> str | None:
    seconds = seconds_behind()
    if seconds < LATE:
        return None
    return f"Readers of changes have been told nothing new for {rounded(seconds)}: a transaction is open as long."
