"""The guard against mass deletes: so many of an entity pass in a stretch of time, and further ones wait for a person.

Exactly as many pass as may, whoever deletes side by side, and one that is rolled back was never counted: the count is
raised in the transaction of the delete. Far from the limit nobody waits for anybody: each raises a part of the count of
its own, under a lock that is shared, and sees what is committed. What is not can be no more than there are connections.
Who is nearer to the limit than that goes again, alone: under the same lock, held exclusively, all is committed.

Several deletes of one statement are a group. One group of an entity is under way at a time, and waits for no other
delete; so what nobody sees yet is a group at the most, besides those of single ones.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from connector.edge.postgresql.exchange import Statement
from sync.delivery import modes
from sync.delivery.write import Write, lock_number
from sync.models.delivery import Method
from sync.work.together import AT_MOST

REASON = "More deletes of the entity came than pass without a person."
PARTS = 64
PART_OF_GROUPS = PARTS  # which no single delete holds up
# The same at every place of a statement; the transaction may have waited since it began.
STRETCH = "floor(extract(epoch FROM statement_timestamp()) / {})::bigint"
PASSED = "SELECT coalesce(sum(deletes), 0) FROM sync_deletes WHERE entity = {} AND stretch = {}"
RAISE = """
    INSERT INTO sync_deletes AS part (entity, stretch, deletes, part)
    {}
    ON CONFLICT (entity, part) DO UPDATE SET
        deletes = excluded.deletes + CASE part.stretch WHEN excluded.stretch THEN part.deletes ELSE 0 END,
        stretch = excluded.stretch
"""
SINGLES = "current_setting('max_connections')::int"
UNSEEN = f"CASE WHEN %(alone)s THEN 0 ELSE {SINGLES} + {AT_MOST} END"
PART = f"mod(pg_backend_pid(), {PARTS})"
NOW = STRETCH.format("%(seconds)s")
ONE = f"SELECT %(entity)s, {NOW}, 1, {PART} FROM seen WHERE passed + {UNSEEN} < %(limit)s"  # noqa: S608 (ours, as below)
COUNT = f"""
    WITH seen AS MATERIALIZED (
        SELECT ({PASSED.format("%(entity)s", NOW)}) AS passed
    ), counted AS (
        {RAISE.format(ONE)} RETURNING true
    ) SELECT EXISTS (SELECT FROM counted), passed >= %(limit)s FROM seen
"""  # noqa: S608
# Before a group. Whoever counts alone may be at it for long, and is not waited for: then there is no room.
LOCK_GROUP = """
    SELECT pg_advisory_xact_lock(%s),
           set_config('connector.counts', pg_try_advisory_xact_lock_shared(%s)::text, true)
"""
HAS_ROOM = f"""
    current_setting('connector.counts')::boolean
    AND ({PASSED.format("%s", STRETCH.format("%s"))}) + {SINGLES} + %s <= %s
"""
DONE = f"SELECT %s, {STRETCH.format('%s')}, count(*), {PART_OF_GROUPS} FROM written HAVING count(*) > 0"  # noqa: S608
RAISE_BY_WRITTEN = RAISE.format(DONE)


class Crowded(Exception):
    """The limit is so near that the delete has to be counted alone; nothing was done."""


def limit_of(entity: str) -> int:
    """Return how many deletes of an entity pass in a stretch of time; 0: any number."""
    switch = modes.switches().get(entity)
    if switch is None or switch.delete_limit is None:
        return int(settings.CONNECTOR_DELETE_LIMIT)
    return switch.delete_limit


def seconds() -> int:
    """Return how long a stretch of time is."""
    return 60 * int(settings.CONNECTOR_DELETE_MINUTES)


def counts(write: Write) -> bool:
    """Tell whether a write is counted: a delete that no person decided of, where a limit is set."""
    return write.method == Method.DELETE and not write.is_decided and limit_of(write.entity) > 0


def locking(entity: str, *, alone: bool) -> tuple[str, int]:
    """Return the lock under which deletes are counted; it is taken before the record's."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    return f"{function}(%s)", lock_number("deletes", entity)


def of_group(entity: str, deletes: int) -> tuple[list[Any], list[Any], list[Statement]]:
    """Return the parameters of a group's two conditions, and what is to be run before."""
    _, number = locking(entity, alone=False)
    stretch = [entity, seconds()]
    before = LOCK_GROUP, [lock_number("groups of deletes", entity), number]
    return [*stretch, deletes, limit_of(entity)], stretch, [before]


def lock(entity: str) -> None:
    """Take the lock alone: whoever means to delete in a transaction that has the record takes it before the record."""
    sql, number = locking(entity, alone=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [number])


def admits(entity: str, *, alone: bool) -> bool:
    """Count one more delete in this transaction, which has the lock, and tell whether it may pass; raise Crowded."""
    limit = limit_of(entity)
    if not limit:
        return True
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"entity": entity, "limit": limit, "seconds": seconds(), "alone": alone})
        is_counted, is_over = cursor.fetchone()
    if not (is_counted or is_over):
        raise Crowded
    return bool(is_counted)
