"""Removing whole partitions of the journal: dropping a file takes no time, deleting its rows takes hours.

It is done when the youngest delivery of the oldest partition is old enough. What must stay of it is moved forward, into
the next one, which from then on begins where the dropped one did: no number changes, and so no order. What goes is
written into the ledger by the same transaction. It is counted before anybody has to wait: finished states never
change, and all numbers of the partition are decided. The table that is left over is dropped afterwards, alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction

from sync.keeping.floors import first, is_old
from sync.keeping.partitions import (
    TABLE,
    Partition,
    alone,
    attach,
    detach,
    fetched,
    is_long_in_use,
    partitions,
    run,
    take_table,
)

log = structlog.get_logger(__name__)

MOVED_AT_MOST = 10_000  # While everybody waits.
GONE = "_gone"
# As with what is deleted row by row: something follows it, or it is not counted in the state that it has now.
STAYING = """
    SELECT id FROM {name} WHERE finished_at IS NULL
    UNION SELECT delivery FROM sync_followup WHERE delivery >= %(first)s AND delivery < %(end)s
    UNION SELECT delivery FROM sync_unsettled WHERE delivery >= %(first)s AND delivery < %(end)s
    LIMIT %(most)s
"""
GOING = """
    SELECT (accepted_at AT TIME ZONE 'UTC')::date, entity, state, count(*), max(accepted_at) < {old}
    FROM {name} WHERE id <> ALL(%(staying)s::bigint[]) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
OLD = "now() - make_interval(days => %(days)s)"
LEDGER = """
    INSERT INTO sync_ledger (day, entity, state, deliveries)
    SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (day, entity, state) DO UPDATE SET deliveries = sync_ledger.deliveries + excluded.deliveries
"""
COLUMNS = """
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
LEFT_OVER = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relname ~ %s
    AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = %s::regclass)
"""


def drop_old(days: int | None = None) -> Iterator[int]:
    """Remove partitions of which all is older than so many days, and yield how many each had; 0 days keeps all."""
    days = settings.CONNECTOR_DELIVERY_DAYS if days is None else days
    drop_left_over()
    while days and (removed := take_away_oldest(days)) is not None:
        drop_left_over()
        yield removed


@transaction.atomic
def take_away_oldest(days: int) -> int | None:
    """Take the oldest partition out of the journal; return how many deliveries went, None when it is not to go.

    Where very many must stay, it stays as it is, and its finished rows go one by one when they are late.
    """
    if not alone():
        return None
    oldest, *others = partitions()
    if len(others) < 2 or not is_old(oldest, timedelta(days=days)):
        return None
    # Who deletes by row without knowing of partitions, a release of before, is kept from being counted twice.
    run("SET LOCAL statement_timeout = 0; LOCK TABLE sync_ledger IN SHARE ROW EXCLUSIVE MODE")
    staying = [number for (number,) in fetched(STAYING.format(name=oldest.name), range_of(oldest))]
    going = fetched(GOING.format(name=oldest.name, old=OLD), {"staying": staying, "days": days})
    if len(staying) > MOVED_AT_MOST or not all(is_old for *_, is_old in going) or is_long_in_use():
        log.warning("partition_stays", partition=oldest.name, staying=len(staying))
        return None
    take_table()
    write_down(going)
    move_forward(oldest, others[0], staying)
    return sum(int(count) for *_, count, _ in going)


def old_before(days: int) -> int:
    """Return the number before which partitions are old as a whole."""
    return first(lambda partition: not is_old(partition, timedelta(days=days)))


def range_of(partition: Partition) -> dict[str, int | None]:
    return {"first": partition.first, "end": partition.end, "most": MOVED_AT_MOST + 1}


def write_down(going: Sequence[Any]) -> None:
    """Add to the ledger what goes."""
    run(LEDGER, [list(column) for column in zip(*going, strict=True)][:4] or [[], [], [], []])


def move_forward(oldest: Partition, following: Partition, staying: Sequence[int]) -> None:
    """Let a partition take the place of the one before it, with those rows of it that stay."""
    detach(oldest)
    detach(following)
    attach(Partition(following.name, 0, following.end))
    columns = fetched(COLUMNS, [TABLE])[0][0]
    run(
        f"INSERT INTO {following.name} ({columns}) SELECT {columns} FROM {oldest.name} WHERE id = ANY(%s)",  # noqa: S608
        [list(staying)],
    )
    run(f"ALTER TABLE {oldest.name} RENAME TO {oldest.name}{GONE}")


def drop_left_over() -> None:
    """Drop the tables that have been partitions."""
    for (name,) in fetched(LEFT_OVER, [rf"^{TABLE}_from_\d+{GONE}$", TABLE]):
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
