"""What waits now, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from connector.edge.counting import COUNTED
from sync.keeping.floors import OPEN, raised
from sync.models.delivery import PENDING, READY, State

# Each branch stands on the index by state; the state is written out, for the index is of what is not applied.
OF_STATE = """
    SELECT '{state}', counted.deliveries, oldest.id, oldest.accepted_at FROM (
        SELECT count(*) AS deliveries FROM (
            SELECT FROM sync_delivery WHERE state = '{state}' AND {open} LIMIT {most}
        ) AS found
    ) AS counted LEFT JOIN LATERAL (
        SELECT id, accepted_at FROM sync_delivery WHERE state = '{state}' AND {open} ORDER BY id LIMIT 1
    ) AS oldest ON true
"""


# One probe for each lane: the oldest that only waits for a worker, and not for another delivery or a person.
READY_SINCE = f"""
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(first.runnable_at)), 0)::float8
    FROM sync_lane AS lane CROSS JOIN LATERAL (
        SELECT runnable_at FROM sync_delivery WHERE lane = lane.id AND {READY} AND {OPEN} ORDER BY id LIMIT 1
    ) AS first WHERE first.runnable_at <= now()
"""  # noqa: S608 (conditions of ours)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in one unfinished state, counted up to 10,001, and the oldest of it."""

    state: str
    deliveries: int
    oldest: int | None
    accepted_at: datetime | None


def asking(states: Iterable[State]) -> str:
    return " UNION ALL ".join(OF_STATE.format(state=state.value, most=COUNTED + 1, open=OPEN) for state in states)


def waiting(states: Iterable[State] = PENDING) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(raised(asking(states)))
        return [Waiting(*row) for row in cursor.fetchall()]


def seconds_ready() -> float:
    """Return for how long the oldest delivery waits that a worker could take, 0 where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(raised(READY_SINCE))
        return float(cursor.fetchone()[0])
