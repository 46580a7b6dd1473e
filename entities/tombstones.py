"""Tombstones that nobody can ask for any more."""

from __future__ import annotations

from django.db import connection

# The oldest are those with the lowest numbers, near enough; asked for by their time alone, all would be read.
REMOVE = """
    DELETE FROM entities_tombstone USING (SELECT id, deleted_at FROM entities_tombstone ORDER BY id LIMIT %s) AS oldest
    WHERE entities_tombstone.id = oldest.id AND oldest.deleted_at < now() - make_interval(days => %s)
"""


def remove_old(*, days: int, limit: int) -> int:
    """Remove some tombstones that are older than so many days; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [limit, days])
        return int(cursor.rowcount)
