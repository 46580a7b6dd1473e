"""Removing by age: finished deliveries, never others, and what only cursors that have expired could ask for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from connector.edge import audit
from entities import tombstones
from sync.keeping import dropping, floors
from sync.keeping.partitions import beside_others
from sync.models import Delivery, Milestone
from sync.models.delivery import State

BATCH = 5000
FINISHED = (State.APPLIED, State.REJECTED, State.SKIPPED)
# The ledger's lines are written with what the same statement removes. What is not in the counts of traffic yet stays;
# the sum keeps that from being taken for what to look by: nearly all is counted, and young. What is in a partition that
# is full goes with it, unless that is late.
PRUNE = """
    WITH old AS (
        SELECT id FROM sync_delivery
        WHERE accepted_at < now() - make_interval(days => %(days)s) AND state IN ('applied', 'rejected', 'skipped')
        AND (id >= %(open)s OR accepted_at < now() - make_interval(days => %(late)s))
        AND NOT EXISTS (SELECT FROM sync_followup WHERE delivery = sync_delivery.id)
        AND NOT EXISTS (SELECT FROM sync_unsettled WHERE delivery = sync_delivery.id)
        AND id + 0 <= (SELECT value FROM sync_gauge WHERE name = 'counted')
        ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM sync_delivery USING old WHERE sync_delivery.id = old.id
        RETURNING (accepted_at AT TIME ZONE 'UTC')::date AS day, entity, state
    ), counted AS (
        INSERT INTO sync_ledger (day, entity, state, deliveries)
        SELECT day, entity, state, count(*) FROM gone GROUP BY day, entity, state ORDER BY day, entity, state
        ON CONFLICT (day, entity, state) DO UPDATE SET deliveries = sync_ledger.deliveries + excluded.deliveries
    ) SELECT count(*) FROM gone
"""


@dataclass(frozen=True)
class Kind:
    """What goes by age: `prune` removes what is older than so many days, batch by batch; None: as its setting says.

    `drop` removes before that what can go as a whole, which may take minutes.
    """

    noun: str
    countable: Callable[[int | None], int]
    prune: Callable[[int | None], Iterator[int]]
    drop: Callable[[int | None], Iterator[int]] = lambda _days: iter(())


KINDS: list[Kind] = []


def register(kind: Kind) -> None:
    """Have something removed with what this room removes; an upper room's is not known here."""
    KINDS.append(kind)


def prune(days: int | None = None) -> Iterator[int]:
    """Remove finished deliveries older than so many days, and yield how many each batch had; 0 days keeps all."""
    days = settings.CONNECTOR_DELIVERY_DAYS if days is None else days
    while days and (removed := prune_batch(days)):
        yield removed


def countable(days: int | None = None) -> int:
    """Return how many deliveries are finished and older than so many days, and need not wait for their partition."""
    days = settings.CONNECTOR_DELIVERY_DAYS if days is None else days
    old = Delivery.objects.filter(state__in=FINISHED, accepted_at__lt=Now() - timedelta(days=days))
    late = Q(accepted_at__lt=Now() - timedelta(days=late_after(days)))
    going = old.filter(late | Q(pk__gte=first_open()) | Q(pk__lt=dropping.old_before(days)))
    return going.count() if days else 0


@transaction.atomic
def prune_batch(days: int) -> int:
    if not beside_others():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, {"days": days, "late": late_after(days), "open": first_open(), "most": BATCH})
        return int(cursor.fetchone()[0])


def late_after(days: int) -> int:
    """Return after how many days a delivery goes that waits for the rest of its partition."""
    parts: int = settings.CONNECTOR_DELIVERY_PARTITIONS
    return days + math.ceil(days / parts)


def first_open() -> int:
    """Return where the partition begins that is not full yet, as far as is counted."""
    return floors.first(lambda partition: not floors.is_decided(partition))


def prune_changes() -> None:
    """Remove a batch of tombstones, and the milestones, of which no cursor and no time can be a start any more.

    They stay for a day more than a cursor: a deletion that took long stands after a start that is younger than it.
    """
    days = settings.CONNECTOR_TOMBSTONE_DAYS
    if days:
        tombstones.remove_old(days=days + 1, limit=BATCH)
        Milestone.objects.filter(at__lt=Now() - timedelta(days=days + 1)).delete()


register(Kind("deliveries", countable, prune, dropping.drop_old))
register(Kind("audit entries", lambda _days: audit.old().count(), lambda _days: audit.prune()))
