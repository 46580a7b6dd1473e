"""Deletes that the guard holds: shown by entity, and released or refused by a person, many at once.

Whoever decides holds the lanes, so that no worker judges meanwhile whose turn it is. A batch is one transaction, and
what is left of an interrupted decision stays held.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models.functions import Now

from connector.edge.counting import COUNTED
from connector.edge.errors import Fault
from sync.applying import turns
from sync.models import Delivery, Lane
from sync.models.delivery import State
from sync.operating.dead_letters import REASON_LENGTH, Busy, waiting
from sync.work import wake

AT_ONCE = 500
EXAMPLES = 5
LIGHT = ("id", "entity", "record_key", "record_hash", "lane", "state")
FROM_HERE = "state = 'held' AND (entity, id) >= (found.entity, 0) ORDER BY entity, id"
# One probe for each entity that has any, as `dead_groups` finds its groups.
GROUPS = f"""
    WITH RECURSIVE found (entity) AS (
        (SELECT entity FROM sync_delivery WHERE state = 'held' ORDER BY entity, id LIMIT 1)
        UNION ALL
        SELECT next.entity FROM found CROSS JOIN LATERAL (
            SELECT entity FROM sync_delivery WHERE state = 'held' AND entity > found.entity ORDER BY entity, id LIMIT 1
        ) AS next
    )
    SELECT found.entity, counted.held, oldest.accepted_at, oldest.keys FROM found
    CROSS JOIN LATERAL (
        SELECT count(*) AS held FROM (
            SELECT entity FROM sync_delivery WHERE {FROM_HERE} LIMIT {COUNTED + 1}
        ) AS member WHERE entity = found.entity
    ) AS counted
    CROSS JOIN LATERAL (
        SELECT min(accepted_at) AS accepted_at, array_agg(record_key ORDER BY id) AS keys FROM (
            SELECT id, entity, record_key, accepted_at FROM sync_delivery WHERE {FROM_HERE} LIMIT {EXAMPLES}
        ) AS member WHERE entity = found.entity
    ) AS oldest ORDER BY found.entity
"""  # noqa: S608 (conditions of ours)
# Whole rows are compared, or the planner might walk the numbers of all deliveries.
OF_ENTITY = """
    SELECT id FROM sync_delivery WHERE state = 'held' AND (entity, id) >= (%s, 0) AND (entity, id) <= (%s, %s)
    ORDER BY entity, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Group:
    """What is held of one entity: how many up to 10,001, since when, and the keys of the oldest."""

    entity: str
    held: int
    oldest_accepted_at: datetime
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person has decided: the columns that follow, and whether the records go on without the deletes."""

    name: str
    columns: dict[str, Any]
    frees_records: bool = False


RELEASE = Decision("released", {"state": State.ACCEPTED, "runnable_at": Now(), "reason": ""})


def refusal(reason: str) -> Decision:
    """Return the decision to refuse deletes.

    Raises:
        ValueError: no reason is given, or one of over 200 characters.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= REASON_LENGTH:
        raise ValueError(f"A reason of 1 to {REASON_LENGTH} characters is needed.")
    fault = Fault("Entity-Id", "delete_refused", f"A person has refused this delete: {reason}")
    told = {"errors": [msgspec.to_builtins(fault)], "reason": reason}
    return Decision("refused", {"state": State.REJECTED, "finished_at": Now(), **told}, frees_records=True)


def groups() -> list[Group]:
    with connection.cursor() as cursor:
        cursor.execute(GROUPS)
        return [Group(*row) for row in cursor.fetchall()]


def newest() -> int:
    """Return the number up to which a person sees what is held now; later ones are for another decision."""
    return Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def of_entity(entity: str, upto: int, most: int) -> list[int]:
    """Return the numbers of the oldest deletes that are held of an entity."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ENTITY, [entity, entity, upto, most])
        return [number for (number,) in cursor.fetchall()]


def batches(entity: str, upto: int) -> Iterator[list[int]]:
    """Yield the numbers of what is held, as many as are decided at once, until nothing is left."""
    return iter(partial(of_entity, entity, upto, AT_ONCE), [])


@transaction.atomic
def decide(numbers: Sequence[int], decision: Decision) -> list[int]:
    """Release or refuse those of these that are still held, and return their numbers; raise Busy."""
    found = Delivery.objects.filter(pk__in=numbers, state=State.HELD).order_by("pk").only(*LIGHT)
    lanes = set(found.values_list("lane", flat=True))
    with waiting():
        list(Lane.objects.filter(pk__in=lanes).order_by("pk").select_for_update())
    held = list(found.all())  # Asked again: another person may have decided while the lanes were waited for.
    done = [delivery.pk for delivery in held]
    Delivery.objects.filter(pk__in=done).update(**decision.columns)
    if decision.frees_records:
        turns.release(held)
    transaction.on_commit(wake.workers)
    return done


def for_each(
    batches: Iterator[list[int]], decision: Decision, note: Callable[[list[int]], None], *, seconds: float
) -> int:
    """Decide batch by batch for so many seconds, each with its note in the same transaction; return how many."""
    done, until = 0, time.monotonic() + seconds
    for numbers in batches:
        try:
            done += len(decide_and_note(numbers, decision, note))
        except Busy:
            break
        if time.monotonic() > until:
            break
    return done


@transaction.atomic
def decide_and_note(numbers: Sequence[int], decision: Decision, note: Callable[[list[int]], None]) -> list[int]:
    done = decide(numbers, decision)
    if done:
        note(done)
    return done
