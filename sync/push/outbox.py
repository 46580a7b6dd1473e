"""The outbox: which records Dsync is to be told of, written in the transaction that changes them.

One row stands for a record, whatever number of changes wait in it. What Dsync sent us never gets here.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from sync.delivery.write import lock_number
from sync.models import Push
from sync.models.push import PushQuerySet, PushState
from sync.push import gate
from sync.work.retry import delay_after

AT_ONCE = 8
LATEST_CREATION = """
    SELECT is_local FROM sync_delivery
    WHERE record_hash BETWEEN asked.record_hash AND asked.record_hash AND NOT (state = 'rejected')
    AND entity = asked.entity AND record_key = asked.record_key AND outcome = 'created'
    ORDER BY record_hash DESC, id DESC LIMIT 1
"""
# A dead row stays dead, and one that waits for its next try goes on waiting; the version tells of the change. Dsync
# knows a record unless it was created here: then the first push tells it. In one order, so that no two lock each other.
NOTE = f"""
    INSERT INTO sync_push AS stored (entity, record_key, state, due_at, version, is_known, tries, reason)
    SELECT entity, record_key, 'waiting', now(), 1, NOT coalesce(({LATEST_CREATION}), false), 0, ''
    FROM jsonb_to_recordset(%s::jsonb) AS asked(entity text, record_key text, record_hash bigint)
    WHERE EXISTS (SELECT FROM sync_switch WHERE entity = asked.entity AND is_pushed)
    ORDER BY record_key
    ON CONFLICT (entity, record_key) DO UPDATE SET
        version = stored.version + 1,
        state = CASE stored.state WHEN 'dead' THEN 'dead' ELSE 'waiting' END,
        due_at = CASE stored.state WHEN 'dead' THEN NULL ELSE coalesce(stored.due_at, now()) END
"""  # noqa: S608 (a query of this module)


def note(entity: str, record_keys: Iterable[str]) -> int:
    """Have records sent as they stand when it is their turn, where the entity is pushed; return how many."""
    records = [
        {"entity": entity, "record_key": key, "record_hash": lock_number(entity, key)}
        for key in dict.fromkeys(record_keys)
    ]
    if not records:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [msgspec.json.encode(records).decode()])
        return int(cursor.rowcount)


def are_due() -> bool:
    return Push.objects.filter(entity__in=gate.open_entities()).due().exists()


def claim(entity: str) -> list[Push]:
    """Take the records of an entity that are due longest, each for as long as a lease lasts."""
    return Push.objects.filter(entity=entity).due().claim(AT_ONCE)


def sent(push: Push, *, is_known: bool) -> None:
    """Note that Dsync has the record, or does not have it any more; what changed meanwhile is sent next."""
    changes = {"is_known": is_known, "sent_at": Now(), "tries": 0, "reason": ""}
    settle(push, **unless_changed(push, PushState.SENT), **changes)


def bury(push: Push, reason: str) -> None:
    """Give the record up until a person looks at it, unless it is another one by now."""
    settle(push, **unless_changed(push, PushState.DEAD), reason=reason)


def again(push: Push, reason: str, **changes: bool) -> None:
    """Have it sent again when its wait is over; it is dead when it was tried often enough."""
    wait = delay_after(push.tries)
    if wait is None:
        bury(push, reason)
    else:
        settle(push, due_at=Now() + wait, reason=reason, **changes)


def give_back(push: Push, reason: str) -> None:
    """Have it sent later, without counting the try: it was not the record that failed."""
    settle(push, due_at=Now(), tries=push.tries - 1, reason=reason)


def unless_changed(push: Push, state: PushState) -> dict[str, Case]:
    """Return the columns of a row that is done with, or is due again where the record changed while it was sent."""
    is_same = Q(version=push.version)
    return {
        "state": Case(When(is_same, then=Value(state)), default=Value(PushState.WAITING)),
        "due_at": Case(When(is_same, then=Value(None)), default=Now()),
    }


def settle(push: Push, **changes: object) -> None:
    """Write what became of a push, and let go of it.

    Whoever lost the lease changes nothing but this: what it sent may have come after what the next holder sent, so
    the record is sent once more, unless it is a person's by now.
    """
    if not Push.objects.held(push).update(leased_until=None, **changes):
        lost = Push.objects.filter(pk=push.pk).exclude(state__in=[PushState.DEAD, PushState.SKIPPED])
        lost.update(version=F("version") + 1, state=PushState.WAITING, due_at=Now())


def replay(pushes: PushQuerySet) -> int:
    """Have dead ones of these sent again; return how many were dead."""
    return pushes.dead().update(state=PushState.WAITING, due_at=Now(), tries=0, reason="")


def skip(pushes: PushQuerySet) -> int:
    """Give dead ones of these up; return how many were dead. The next change of such a record is sent."""
    return pushes.dead().update(state=PushState.SKIPPED, tries=0)
