"""The dead by entity and reason, found group by group: nothing grows with the number of deliveries.

Each statement compares whole rows of the index and asks for its order, and not for one group's rows by number: the
planner would look for those from the oldest delivery of all on, and the dead may all be among the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from connector.edge.counting import COUNTED
from sync.models.delivery import UNFINISHED

LOOKED_BEHIND = 1_000
FROM_HERE = "state = 'dead' AND (entity, reason, id) >= (found.entity, found.reason, 0) ORDER BY entity, reason, id"
OF_GROUP = "entity = found.entity AND reason = found.reason"
# One probe for each group, instead of a look at every dead delivery; reasons are names and therefore few.
GROUPS = f"""
    WITH RECURSIVE found (entity, reason) AS (
        (SELECT entity, reason FROM sync_delivery WHERE state = 'dead' ORDER BY entity, reason, id LIMIT 1)
        UNION ALL
        SELECT next.entity, next.reason FROM found CROSS JOIN LATERAL (
            SELECT entity, reason FROM sync_delivery WHERE state = 'dead'
            AND (entity, reason) > (found.entity, found.reason) ORDER BY entity, reason, id LIMIT 1
        ) AS next
    )
    SELECT found.entity, found.reason, counted.dead, parked.records, oldest.id, oldest.accepted_at FROM found
    CROSS JOIN LATERAL (
        SELECT count(*) AS dead FROM (
            SELECT entity, reason FROM sync_delivery WHERE {FROM_HERE} LIMIT {COUNTED + 1}
        ) AS member WHERE {OF_GROUP}
    ) AS counted
    CROSS JOIN LATERAL (
        SELECT count(*) AS records FROM (
            SELECT id, record_hash, entity, record_key, reason FROM sync_delivery
            WHERE {FROM_HERE} LIMIT {LOOKED_BEHIND}
        ) AS dead WHERE {OF_GROUP} AND EXISTS (
            SELECT FROM sync_delivery AS behind WHERE behind.record_hash = dead.record_hash
            AND behind.entity = dead.entity AND behind.record_key = dead.record_key
            AND behind.id > dead.id AND {UNFINISHED}
        )
    ) AS parked
    CROSS JOIN LATERAL (SELECT id, accepted_at FROM sync_delivery WHERE {FROM_HERE} LIMIT 1) AS oldest
    ORDER BY counted.dead DESC, found.entity, found.reason
"""  # noqa: S608 (conditions of ours)
AFTER = "state = 'dead' AND (entity, reason, id) > (found.entity, found.reason, %s) ORDER BY entity, reason, id"
MEMBERS = f"""
    SELECT member.id FROM (SELECT %s AS entity, %s AS reason) AS found CROSS JOIN LATERAL (
        SELECT id, entity, reason FROM sync_delivery WHERE {AFTER} LIMIT %s
    ) AS member WHERE member.entity = found.entity AND member.reason = found.reason
"""  # noqa: S608 (conditions of ours)
EXTENT = "SELECT count(*), coalesce(max(id), 0) FROM sync_delivery WHERE state = 'dead' AND entity = %s AND reason = %s"

ALL = (
    "SELECT count(*) FROM (SELECT FROM sync_delivery WHERE state = 'dead' ORDER BY entity, reason, id LIMIT %s) AS dead"
)


@dataclass(frozen=True, slots=True)
class Group:
    """The dead of one entity that failed for one reason.

    `dead` is counted up to 10,001; `parked` is for how many of their records more is waiting, of the oldest 1,000.
    """

    entity: str
    reason: str
    dead: int
    parked: int
    oldest: int
    oldest_accepted_at: datetime


def groups() -> list[Group]:
    """Return the groups of dead deliveries, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(GROUPS)
        return [Group(*row) for row in cursor.fetchall()]


def members(*, entity: str, reason: str, most: int, after: int = 0) -> list[int]:
    """Return the numbers of the oldest deliveries of a group, of those after a number."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [entity, reason, after, most])
        return [number for (number,) in cursor.fetchall()]


def extent(*, entity: str, reason: str) -> tuple[int, int]:
    """Return how many deliveries a group has, all of them counted, and the number of the last."""
    with connection.cursor() as cursor:
        cursor.execute(EXTENT, [entity, reason])
        total, last = cursor.fetchone()
    return total, last


def count_dead(most: int) -> int:
    """Count the dead of all groups, and stop at `most`."""
    with connection.cursor() as cursor:
        cursor.execute(ALL, [most])
        return int(cursor.fetchone()[0])
