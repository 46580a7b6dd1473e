"""What waits now, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from connector.edge.counting import COUNTED
from sync.models.delivery import PENDING, State

# Each branch stands on the index by state; the state is written out, for the index is of what is not applied.
OF_STATE = """
    SELECT '{state}', counted.deliveries, oldest.id, oldest.accepted_at FROM (
        SELECT count(*) AS deliveries FROM (SELECT FROM sync_delivery WHERE state = '{state}' LIMIT {most}) AS found
    ) AS counted LEFT JOIN LATERAL (
        SELECT id, accepted_at FROM sync_delivery WHERE state = '{state}' ORDER BY id LIMIT 1
    ) AS oldest ON true
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in one state, counted up to 10,001, and the oldest of it."""

    state: str
    deliveries: int
    oldest: int | None
    accepted_at: datetime | None


def asking(states: Iterable[State]) -> str:
    return " UNION ALL ".join(OF_STATE.format(state=state.value, most=COUNTED + 1) for state in states)


def waiting(states: Iterable[State] = PENDING) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(asking(states))
        return [Waiting(*row) for row in cursor.fetchall()]
