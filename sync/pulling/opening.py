"""Which pull a command means: one that an earlier run left, or a new one; and that nobody else is at work on it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from uuid import uuid4

from django.db import connection, transaction

from sync.delivery.write import lock_number
from sync.models import Pull, PullPage
from sync.models.pull import Stage
from sync.pulling.errors import PullError

LARGEST = 1000
REMEMBERED = 200  # walks of the last day, many times over


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes two pulls the same one."""

    source: str
    entity: str
    changed_since: str = ""
    is_generation: bool = False
    is_dry: bool = False


@contextmanager
def alone(kind: Kind) -> Iterator[None]:
    """Have this process be the only one that pulls an entity from a source, as long as its connection lives.

    Who begins after that connection was lost takes the pull over (`open_pull`).

    Raises:
        PullError: another one does.
    """
    number = lock_number("pull", kind.source, kind.entity)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise PullError(f"Another run is pulling {kind.entity} from there; there can be one at a time.")
    try:
        yield
    finally:
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@transaction.atomic
def open_pull(kind: Kind, *, largest: int = LARGEST, is_anew: bool = False) -> Pull:
    """Return the pull of a kind that is under way, or a new one, for this run to have alone.

    The records of pulls that are over are forgotten.
    """
    pull = begun(kind, largest=largest, is_anew=is_anew)
    Pull.objects.filter(source=kind.source, entity=kind.entity, holder__isnull=False).update(holder=None)
    pull.holder = uuid4()
    pull.save(update_fields=["holder"])
    return pull


def begun(kind: Kind, *, largest: int, is_anew: bool) -> Pull:
    """Return the pull of a kind that is under way and can be gone on with, or a new one."""
    under_way = Pull.objects.filter(**asdict(kind)).exclude(stage=Stage.DONE)
    if is_anew:
        under_way.delete()
    found = under_way.first()
    if found and found.per_page <= largest:
        return found
    under_way.delete()
    PullPage.objects.filter(pull__source=kind.source, pull__entity=kind.entity, pull__stage=Stage.DONE).delete()
    pull = Pull.objects.create(
        **asdict(kind),
        per_page=unused_size(kind.source, largest),
        stage=Stage.CHANGES if kind.changed_since else Stage.WALKING,
    )
    pull.refresh_from_db()
    return pull


def unused_size(source: str, largest: int = LARGEST) -> int:
    """Return how many records a page has, at most and at least half of it: as no recent walk of ours at the source.

    The source tells the walks of one reader apart by it alone.
    """
    recent = Pull.objects.filter(source=source).order_by("-pk").values_list("per_page", flat=True)
    sizes = range(largest // 2 + 1, largest + 1)
    return random.choice(sorted(set(sizes) - set(recent[:REMEMBERED])) or sizes)  # noqa: S311 (no secret)
