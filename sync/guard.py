"""The guard against mass deletes: so many of an entity within a window pass, and what comes beyond waits for a person.

The count is a row of each entity, raised in the transaction of the delete: deletes that come side by side wait for each
other's commit here, so that exactly as many pass as may, and one that is rolled back was never counted.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from sync import modes

REASON = "More deletes of the entity came than pass without a person."
IS_OVER = "counted.began_at <= excluded.began_at - make_interval(mins => %s)"
COUNT = f"""
    INSERT INTO sync_deletes AS counted (entity, began_at, deletes) VALUES (%s, clock_timestamp(), 1)
    ON CONFLICT (entity) DO UPDATE SET
        began_at = CASE WHEN {IS_OVER} THEN excluded.began_at ELSE counted.began_at END,
        deletes = CASE WHEN {IS_OVER} THEN 1 ELSE counted.deletes + 1 END
    RETURNING deletes
"""  # noqa: S608 (a condition of this module)


def limit_of(entity: str) -> int:
    """Return how many deletes of an entity pass within a window; 0: any number."""
    switch = modes.switches().get(entity)
    if switch is None or switch.delete_limit is None:
        return int(settings.CONNECTOR_DELETE_LIMIT)
    return switch.delete_limit


def admits(entity: str) -> bool:
    """Count one more delete in this transaction, and tell whether it may pass."""
    limit = limit_of(entity)
    return not limit or count(entity) <= limit


def count(entity: str) -> int:
    minutes = settings.CONNECTOR_DELETE_MINUTES
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [entity, minutes, minutes])
        return int(cursor.fetchone()[0])
