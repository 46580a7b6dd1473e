"""Plans that keep up with the journal.

A statement is planned once for a connection, and no table that grows has it planned anew: statistics do, up to a minute
later. A plan of when the journal was small reads all of it, for each batch, where another would look 500 rows up.
"""

from __future__ import annotations

from django.db import connection

APPLIED = 500  # deliveries between one look at the journal and the next
SIZE = "SELECT coalesce(sum(pg_relation_size(relid)), 0) FROM pg_partition_tree('sync_delivery') WHERE isleaf"


class Plans:
    """How large the journal was when this process had its statements planned, as far as it is not smaller now."""

    def __init__(self) -> None:
        self.size = self.applied = 0

    def count(self, applied: int) -> None:
        """Keep up with the journal now and then, after so many more deliveries."""
        self.applied += applied
        if self.applied >= APPLIED:
            self.keep_up()

    def keep_up(self) -> None:
        """Have statements planned anew where the journal is twice as large."""
        self.applied = 0
        with connection.cursor() as cursor:
            cursor.execute(SIZE)
            (size,) = cursor.fetchone()
            if size > 2 * self.size:
                cursor.execute("DISCARD PLANS")
                self.size = size
        self.size = min(self.size, size)
