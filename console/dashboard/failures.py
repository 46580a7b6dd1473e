"""What fails, by cause: the dead of all times, and the newest of what is refused or tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from connector.edge.counting import bounded
from sync.admin.dead_groups import list_url
from sync.models import State
from sync.operating import dead_groups

LOOKED_AT = 1_000
SHOWN = 12
# The newest are taken first and told apart by time after: none in the span would else mean looking at all there are.
NEWEST = f"""
    SELECT state, entity, cause, count(*), max(id) FROM (
        (SELECT id, state, entity, accepted_at, concat_ws(': ', nullif(errors->0->>'treekey', ''), errors->0->>'code')
            AS cause FROM sync_delivery WHERE state = 'rejected' ORDER BY id DESC LIMIT {LOOKED_AT})
        UNION ALL
        (SELECT id, state, entity, now(), reason FROM sync_delivery
            WHERE state = 'retrying' ORDER BY id DESC LIMIT {LOOKED_AT})
    ) AS newest WHERE accepted_at >= %s GROUP BY state, entity, cause ORDER BY count(*) DESC, max(id) DESC LIMIT {SHOWN}
"""  # noqa: S608 (numbers of ours)


@dataclass(frozen=True, slots=True)
class Failure:
    """How many deliveries of an entity failed for a cause, one of them, and the list that has them."""

    state: State
    entity: str
    cause: str
    deliveries: str
    example: int
    url: str


def failures(since: datetime, span: str) -> list[Failure]:
    """Return the causes, the dead first, of each kind the most frequent first."""
    dead = [
        Failure(
            State.DEAD,
            group.entity,
            group.reason,
            bounded(group.dead),
            group.oldest,
            list_url(group.entity, group.reason),
        )
        for group in dead_groups.groups()[:SHOWN]
    ]
    return dead + newest(since, span)


def newest(since: datetime, span: str) -> list[Failure]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [since])
        rows = cursor.fetchall()
    return [
        Failure(State(state), entity, cause, f"{number:,}", example, url_of(State(state), entity, span))
        for state, entity, cause, number, example in rows
    ]


def url_of(state: State, entity: str, span: str) -> str:
    """Return the list of what is in a state: the refused of the span, and of all times what is tried again."""
    since = span if state == State.REJECTED else "any"
    query = urlencode({"since": since, "state": state.value, "entity": entity})
    return f"{reverse('admin:sync_delivery_changelist')}?{query}"
