"""Up to which number everything is decided: whoever drew a smaller one has committed, or never will.

Numbers are drawn before they are committed, and in another order. A transaction that draws one holds a lock on the
sequence until it ends, which everybody sees: once all have ended who held it when a number was the newest, nothing
below that number can come any more. No setting of a time-out is trusted for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

SEQUENCE = "pg_get_serial_sequence('sync_delivery', 'id')"
NEWEST = f"SELECT coalesce(pg_sequence_last_value({SEQUENCE}::regclass), 0), clock_timestamp()"
HOLDERS = f"""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = {SEQUENCE}::regclass AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 (names of ours)


@dataclass(frozen=True, slots=True)
class Reached:
    """The newest number of a moment; what was accepted before that has none that is higher."""

    number: int
    at: datetime


@dataclass
class Horizon:
    """What one process knows of it; it gets on each time that it is asked, as soon as it may."""

    decided: Reached | None = None
    newest: Reached | None = None
    holders: frozenset[str] = frozenset()

    def reach(self) -> Reached | None:
        """Return up to where everything is known to be decided; None before anything is known."""
        newest, holders = drawn()
        if self.holders.isdisjoint(holders):
            self.decided, self.newest, self.holders = self.newest, newest, holders
        if not holders:
            self.decided = newest
        return self.decided


def drawn() -> tuple[Reached, frozenset[str]]:
    """Return the number drawn last, and then who holds the sequence: asked the other way round it would miss some."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = Reached(*cursor.fetchone())
        cursor.execute(HOLDERS)
        return newest, frozenset(holder for (holder,) in cursor.fetchall())
