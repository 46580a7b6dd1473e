"""Whose turn it is: which deliveries of a lane may be applied now, and which wait behind another of their record.

A delivery that waits has no `runnable_at` and so stands in no index that workers look for work in. What is asked here
is asked of one record or one lane at a time, up to a limit: nothing grows with the backlog.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from sync.keeping.floors import OPEN, raised
from sync.models import Delivery, Lane
from sync.models.delivery import OBSTACLE, READY, RETRYING, WAITING

BATCH_BYTES = 16 * 1024 * 1024
RELEASED_AT_ONCE = 1000  # of all records together, about
DUE = f"{RETRYING} AND runnable_at <= now()"
TAKE = f"""
    SELECT found.id, found.body_size FROM unnest(%(lanes)s::int[]) AS chosen(lane) CROSS JOIN LATERAL (
        (SELECT id, body_size FROM sync_delivery WHERE lane = chosen.lane AND {READY} AND {OPEN}
         ORDER BY id LIMIT %(size)s)
        UNION ALL
        (SELECT id, body_size FROM sync_delivery WHERE lane = chosen.lane AND {DUE} AND {OPEN}
         ORDER BY runnable_at LIMIT %(size)s)
    ) AS found ORDER BY found.id LIMIT %(size)s
"""  # noqa: S608 (conditions of this module)
# One statement for however many, where a list would be one for each length. A `*` would be all columns that there are
# when a connection prepares it, and each batch fail from the moment that a migration adds one.
COLUMNS = ", ".join(str(field.column) for field in Delivery._meta.concrete_fields)
READ = f"SELECT {COLUMNS} FROM sync_delivery WHERE id = ANY(%s::bigint[]) AND {OPEN} ORDER BY id"  # noqa: S608 (names of ours)
RECORDS = "unnest(%(hashes)s::bigint[], %(entities)s::text[], %(keys)s::text[]) AS record(hash, entity, key)"
OF_RECORD = (
    f"record_hash = record.hash AND entity = record.entity AND record_key = record.key AND {OBSTACLE} AND {OPEN}"
)
OBSTACLES = f"""
    SELECT record.entity, record.key, obstacle.id FROM {RECORDS} CROSS JOIN LATERAL (
        SELECT id FROM sync_delivery WHERE {OF_RECORD} AND id <> ALL(%(taken)s) ORDER BY id LIMIT 1
    ) AS obstacle
"""  # noqa: S608 (conditions of this module)
RELEASE = f"""
    UPDATE sync_delivery SET runnable_at = now() FROM (
        SELECT next.id FROM {RECORDS} CROSS JOIN LATERAL (
            SELECT id, bool_or(NOT ({WAITING})) OVER (ORDER BY id) AS is_blocked FROM (
                SELECT id, state, runnable_at FROM sync_delivery WHERE {OF_RECORD} ORDER BY id LIMIT %(limit)s
            ) AS first
        ) AS next WHERE NOT next.is_blocked
    ) AS free WHERE sync_delivery.id = free.id AND sync_delivery.{OPEN}
"""  # noqa: S608 (conditions of this module)


def take(lanes: Sequence[Lane]) -> list[Delivery]:
    """Return the next deliveries of these lanes, which are locked, in order.

    One that stands behind another of its record which is not taken is parked: between the two may lie any number that
    wait already.
    """
    found = list(Delivery.objects.raw(raised(READ), [list(within(BATCH_BYTES, runnable(lanes)))]))
    obstacles = first_obstacles(found)
    behind = {delivery.pk for delivery in found if obstacles.get(delivery.record, delivery.pk) < delivery.pk}
    Delivery.objects.filter(pk__in=behind).update(runnable_at=None)
    return [delivery for delivery in found if delivery.pk not in behind]


def runnable(lanes: Sequence[Lane]) -> list[tuple[int, int]]:
    """Return the numbers and sizes of a batch's deliveries."""
    size = min(lane.batch_size for lane in lanes)
    with connection.cursor() as cursor:
        cursor.execute(raised(TAKE), {"lanes": [lane.pk for lane in lanes], "size": size})
        return [(number, body_size) for number, body_size in cursor.fetchall()]


def within(limit: int, sized: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield numbers, the first in any case, as long as the sizes up to them stay under a limit."""
    total = 0
    for position, (number, size) in enumerate(sized):
        total += size
        if position and total > limit:
            return
        yield number


def first_obstacles(taken: Sequence[Delivery]) -> dict[tuple[str, str], int]:
    """Return, by record, the first unapplied delivery that was not taken and that is not free to be."""
    with connection.cursor() as cursor:
        cursor.execute(raised(OBSTACLES), {**columns(taken), "taken": [delivery.pk for delivery in taken]})
        return {(entity, key): number for entity, key, number in cursor.fetchall()}


def release(done: Sequence[Delivery]) -> int:
    """Let the deliveries be taken that wait behind these and behind nothing else; very many are let go in portions.

    Whoever applies one of a portion releases the next.
    """
    records = columns(done)
    limit = max(2, RELEASED_AT_ONCE // max(1, len(records["hashes"])))
    with connection.cursor() as cursor:
        cursor.execute(raised(RELEASE), {**records, "limit": limit})
        return int(cursor.rowcount)


def columns(deliveries: Sequence[Delivery]) -> dict[str, list[int] | list[str]]:
    records = {delivery.record: delivery.record_hash for delivery in deliveries}
    return {
        "hashes": list(records.values()),
        "entities": [entity for entity, _ in records],
        "keys": [key for _, key in records],
    }
