"""Locking lanes that have work, and knowing which batches died with their workers.

The lane is locked first, then the attempt is written on a connection of its own, then the work is done; the applying
transaction removes the attempt. So an attempt that stands while its lane can be locked is a dead one. After a crash a
lane's batch halves and it is taken alone, after a success it doubles; only crashes of a batch of one count.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F
from django.db.models.functions import Least

from sync.applying.turns import DUE
from sync.keeping.floors import OPEN, raised
from sync.models import Attempt, Delivery, Lane
from sync.models.delivery import READY
from sync.models.lane import FULL_BATCH

LANES_AT_ONCE = 16
CRASHES = 3
OWED: set[int] = set()
# Two probes of an index for each lane, instead of a look at the whole backlog.
OLDEST = f"""least(
            (SELECT id FROM sync_delivery WHERE lane = lane.id AND {READY} AND {OPEN} ORDER BY id LIMIT 1),
            (SELECT id FROM sync_delivery WHERE lane = lane.id AND {DUE} AND {OPEN} ORDER BY runnable_at LIMIT 1)
        )"""  # noqa: S608 (conditions of ours)
# Oldest work first.
WITH_WORK = f"""
    SELECT lane.id, lane.batch_size FROM sync_lane AS lane CROSS JOIN LATERAL (
        SELECT {OLDEST} AS id
    ) AS oldest WHERE oldest.id IS NOT NULL AND lane.batch_size >= %s ORDER BY oldest.id LIMIT %s
"""  # noqa: S608 (conditions of ours)
ANY_WORK = f"SELECT EXISTS (SELECT FROM sync_lane AS lane WHERE {OLDEST} IS NOT NULL)"  # noqa: S608
ANY_SMALL = "SELECT EXISTS (SELECT FROM sync_lane WHERE batch_size < %s)"
LOCKED = "FOR UPDATE OF lane SKIP LOCKED"


def have_work() -> bool:
    """Tell whether any lane has a delivery that may be taken, in whoever's hands the lane is."""
    with connection.cursor() as cursor:
        cursor.execute(raised(ANY_WORK))
        return bool(cursor.fetchone()[0])


def lock_next() -> list[Lane]:
    """Lock the lanes whose work is oldest; one that had a crash is taken alone. Empty when there is no work."""
    oldest = lock(smallest=0, limit=1) if are_any_small() else []
    if oldest and oldest[0].batch_size < FULL_BATCH:
        return oldest
    return lock(smallest=FULL_BATCH, limit=LANES_AT_ONCE)


def are_any_small() -> bool:
    """Tell whether any lane had a crash from which it has not recovered."""
    with connection.cursor() as cursor:
        cursor.execute(ANY_SMALL, [FULL_BATCH])
        return bool(cursor.fetchone()[0])


def lock(*, smallest: int, limit: int) -> list[Lane]:
    """Lock lanes with work, whose batches are no smaller; what others have locked is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(raised(WITH_WORK + LOCKED), [smallest, limit])
        return [Lane(id=number, batch_size=size) for number, size in cursor.fetchall()]


def count_crashes(lanes: Sequence[Lane]) -> None:
    """Judge the attempts that died with their workers in these lanes, which are locked."""
    for attempt in Attempt.objects.filter(lane__in=[lane.pk for lane in lanes]):
        if attempt.size == 1:
            Delivery.objects.filter(pk=attempt.first_delivery).update(crashes=F("crashes") + 1)
        smaller = max(1, attempt.size // 2)
        Lane.objects.filter(pk=attempt.lane).update(batch_size=Least(F("batch_size"), smaller))
        for lane in lanes:
            if lane.pk == attempt.lane:
                lane.batch_size = min(lane.batch_size, smaller)
        attempt.delete()


def open_attempts(batch: Sequence[Delivery]) -> list[int]:
    """Write, durably and at once, which deliveries are in hand; one attempt for each lane."""
    first = {delivery.lane: delivery.pk for delivery in reversed(batch)}
    attempts = [Attempt(lane=lane, size=len(batch), first_delivery=pk) for lane, pk in first.items()]
    return [attempt.pk for attempt in Attempt.objects.using("autonomous").bulk_create(attempts)]


def close_attempts(attempts: Sequence[int], lanes: Sequence[Lane]) -> None:
    """Remove the attempts of a batch that is done, in its own transaction, and let the lanes' batches grow again."""
    Attempt.objects.filter(pk__in=attempts).delete()
    small = [lane.pk for lane in lanes if lane.batch_size < FULL_BATCH]
    if small:
        Lane.objects.filter(pk__in=small).update(batch_size=Least(F("batch_size") * 2, FULL_BATCH))


def give_back(attempts: Sequence[int]) -> None:
    """Remove the attempts of a batch whose transaction failed while its worker lived: they do not count.

    Where the database is away they are remembered, and removed before this process takes its next batch.
    """
    OWED.update(attempts)
    with suppress(DatabaseError, InterfaceError):
        clear_owed()


def clear_owed() -> None:
    """Remove the attempts that this process could not give back when it should have."""
    if OWED:
        Attempt.objects.using("autonomous").filter(pk__in=OWED).delete()
        OWED.clear()
