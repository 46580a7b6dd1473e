"""The journal's partitions: ranges of numbers, which are drawn in the order of time.

The first begins below all numbers and the last has no end, so that no write is ever refused. A small journal has one
that is both. In others the last is empty: well before its numbers are reached it is given an end, and another is put
behind it. If nobody does so in time, nothing is lost: the last takes what comes. What a partition may hold is a check
of its own besides its bounds, which lets the range of the one before be given to it without a look at its rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sync.keeping.horizon import NEWEST

TABLE = "sync_delivery"
LEAST = 1_000_000  # Numbers of a partition: fewer rows than that are as quickly deleted.
DAYS_OF_ALL = 3650  # What is kept for ever is divided as if it were kept so long.
NUMBER = 7_205_319_084_412_366_001  # Of the lock: one process changes partitions at a time, and none prunes meanwhile.
BOUNDS = re.compile(r"FOR VALUES FROM \((?:MINVALUE|'(\d+)')\) TO \((?:MAXVALUE|'(\d+)')\)")
ALL = f"""
    SELECT relname, pg_get_expr(relpartbound, pg_class.oid) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = '{TABLE}'::regclass
"""  # noqa: S608 (names of ours, as in all of this module)
IS_LONG_IN_USE = f"""
    SELECT EXISTS (
        SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE relation = '{TABLE}'::regclass AND pg_locks.database = datid AND datname = current_database()
        AND pid <> pg_backend_pid() AND xact_start < now() - interval '1 s'
    )
"""  # noqa: S608
AGE = f"""
    SELECT clock_timestamp() - accepted_at FROM {TABLE} WHERE id >= %s ORDER BY id LIMIT 1
"""  # noqa: S608
INDEXES = """
    SELECT own.relname, whole.relname FROM pg_index JOIN pg_inherits ON inhrelid = indexrelid
    JOIN pg_class AS own ON own.oid = inhrelid JOIN pg_class AS whole ON whole.oid = inhparent
    WHERE indrelid = %s::regclass
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """Deliveries from a number to that before another; the last one has no end."""

    name: str
    first: int
    end: int | None

    @property
    def bounds(self) -> str:
        return f"FROM ({self.first or 'MINVALUE'}) TO ({self.end or 'MAXVALUE'})"


def partitions() -> list[Partition]:
    """Return them in the order of their numbers."""
    found = [(name, BOUNDS.fullmatch(bounds)) for name, bounds in fetched(ALL)]
    ranges = [(name, bounds.groups()) for name, bounds in found if bounds]
    known = [Partition(name, int(first or 0), int(end) if end else None) for name, (first, end) in ranges]
    return sorted(known, key=lambda partition: partition.first)


@transaction.atomic
def extend() -> bool:
    """Give the last partition an end, if its numbers are near, and put an empty one behind it; tell whether it did.

    They are near when fewer are left before it than are half of a partition.
    """
    if not alone():
        return False
    filling, last = (partitions() * 2)[-2:]
    if drawn() + width(filling) // 2 < max(last.first, LEAST) or is_long_in_use():
        return False
    take_table()
    ended = Partition(last.name, last.first, max(last.first, drawn()) + width(filling))
    detach(last)
    run(f"ALTER TABLE {last.name} ADD CONSTRAINT {TABLE}_ends CHECK (id < {ended.end})")
    attach(ended)
    create(Partition(f"{TABLE}_from_{ended.end}", ended.end or 0, None))
    return True


def is_long_in_use() -> bool:
    """Tell whether somebody is at work who will take long: whoever asks for the table for itself halts all others."""
    return bool(fetched(IS_LONG_IN_USE)[0][0])


def drawn() -> int:
    return int(fetched(NEWEST)[0][0])


def width(filling: Partition) -> int:
    """Return how many numbers are drawn, at the present rate, in a part of the time that deliveries are kept."""
    days = (settings.CONNECTOR_DELIVERY_DAYS or DAYS_OF_ALL) / settings.CONNECTOR_DELIVERY_PARTITIONS
    ages = fetched(AGE, [filling.first])
    age = max(timedelta(days=1), ages[0][0]) if ages else timedelta(days=1)
    return max(LEAST, int((drawn() - filling.first) * (timedelta(days=days) / age)))


def alone() -> bool:
    """Tell whether this transaction may change partitions: nobody else does, or prunes."""
    return bool(fetched("SELECT pg_try_advisory_xact_lock(%s)", [NUMBER])[0][0])


def beside_others() -> bool:
    """Tell whether this transaction may prune: nobody changes partitions."""
    return bool(fetched("SELECT pg_try_advisory_xact_lock_shared(%s)", [NUMBER])[0][0])


def take_table() -> None:
    """Have the table for this transaction, or fail soon: everybody waits behind it.

    Longer than a second, for only then an autovacuum makes room.
    """
    run("SET LOCAL lock_timeout = '1500ms'; SET LOCAL statement_timeout = '3s'")
    run(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE")


def detach(partition: Partition) -> None:
    run(f"ALTER TABLE {TABLE} DETACH PARTITION {partition.name}")


def attach(partition: Partition) -> None:
    run(f"ALTER TABLE {TABLE} ATTACH PARTITION {partition.name} FOR VALUES {partition.bounds}")


def create(partition: Partition) -> None:
    """Make an empty partition, whose indexes are named for the table's."""
    run(f"CREATE TABLE {partition.name} PARTITION OF {TABLE} FOR VALUES {partition.bounds}")
    for own, whole in fetched(INDEXES, [partition.name]):
        run(f"ALTER INDEX {own} RENAME TO {whole}{partition.name.removeprefix(TABLE)}")


def run(sql: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def fetched(sql: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
