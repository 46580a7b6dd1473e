"""What is to be erased, from asking for it until nothing is left: at once, or by a worker as soon as may be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now

from connector.edge.logs import outline
from entities import store
from entities.schema import EntitySchema, schemas
from sync.local import Author
from sync.models import Erasure
from sync.models.leased import LEASE
from sync.operating import erasing
from sync.operating.dead_letters import Busy
from sync.work import wake

log = structlog.get_logger(__name__)
AGAIN = timedelta(minutes=1)  # It is never given up: somebody has a right to it.
REASON_LENGTH = 200


class UnknownKey(ValueError):
    """No record of the entity can have this key."""


@transaction.atomic
def ask(schema: EntitySchema, key: str, *, by: str) -> Erasure:
    """Have a record erased by a worker.

    Raises:
        UnknownKey
    """
    known = key_of(schema, key)
    if known is None:
        raise UnknownKey(f"No {schema.name} can have this key.")
    transaction.on_commit(wake.workers)
    return Erasure.objects.create(entity=schema.name, record_key=known, asked_by=by[:200])


def key_of(schema: EntitySchema, key: str) -> str | None:
    """Return a key as deliveries have it, None where no record can have it."""
    value = store.readable(schema, key)
    return None if value is None else schema.key.text(value)


def are_due() -> bool:
    return Erasure.objects.due().exists()


def run(seconds: float) -> bool:
    """Do what is due; tell whether nothing is left, or else the time was up."""
    return Erasure.objects.work(seconds, lambda erasure, _until: attempt(erasure))


def attempt(erasure: Erasure) -> bool:
    """Erase a record, or have it tried again in a minute, however often that is; tell whether it is done."""
    try:
        carry_out(erasure)
    except Busy as exc:
        return again(erasure, str(exc) or "A worker has the record in hand.")
    except Exception as exc:  # noqa: BLE001 (a process boundary: receivers are somebody else's code)
        log.warning("erasure_failed", erasure=erasure.pk, **outline(exc))
        return again(erasure, type(exc).__name__)
    done = {"due_at": None, "leased_until": None, "reason": "", "erased_at": Now()}
    Erasure.objects.filter(pk=erasure.pk, erased_at=None).update(**done)
    erasure.refresh_from_db()
    return True


def carry_out(erasure: Erasure) -> None:
    """Take a record out of the database, then out of one file after the other; who is interrupted goes on there.

    Raises:
        Busy: a worker has the record, or a file with it, in hand; what is done stays done.
    """
    schema, key = schemas()[erasure.entity], erasure.record_key
    remember(erasure, erasing.out_of_database(schema, key, Author("erase", f"erase-{erasure.pk}")))
    for place in erasing.PLACES:
        for number, count in place.erase(schema, key, erasure.places.get(place.noun, 0)):
            erasure.places[place.noun] = number
            remember(erasure, {place.noun: count})


def remember(erasure: Erasure, counts: Mapping[str, int]) -> None:
    """Note how much was found, and how far it is; the lease begins anew."""
    for noun, count in counts.items():
        erasure.counts[noun] = erasure.counts.get(noun, 0) + count
    known = {"counts": erasure.counts, "places": erasure.places, "leased_until": Now() + LEASE}
    Erasure.objects.filter(pk=erasure.pk, erased_at=None).update(**known)


def again(erasure: Erasure, reason: str) -> bool:
    erasure.reason = reason[:REASON_LENGTH]
    later = {"due_at": Now() + AGAIN, "leased_until": None, "reason": erasure.reason}
    Erasure.objects.filter(pk=erasure.pk, erased_at=None).update(**later)
    return False
