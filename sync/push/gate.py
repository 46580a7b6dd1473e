"""Which entities' changes may be sent now, and for how long none are: Dsync is away, or refuses all of them."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import Exists
from django.db.models.functions import Now

from entities.schema import schemas
from sync.models import PushPause, PushToken, Switch

LONGEST_ASKED = timedelta(hours=1)
# A pause doubles from 1 s to a minute each time that it begins anew; failures within one are the same failure.
BEGIN = """
    INSERT INTO sync_pushpause AS stored (entity, failures, until, reason)
    VALUES (%(entity)s, 1, now() + greatest(interval '1 s', make_interval(secs => %(asked)s)), %(reason)s)
    ON CONFLICT (entity) DO UPDATE SET
        failures = stored.failures + 1,
        until = now() + greatest(
            least(interval '1 s' * 2 ^ least(stored.failures, 6), interval '1 min'), make_interval(secs => %(asked)s)
        ),
        reason = excluded.reason
    WHERE stored.until <= now()
"""


def open_entities() -> list[str]:
    """Return the entities that are switched on, have both tokens and are not paused."""
    paused = PushPause.objects.filter(until__gt=Now()).values("entity")
    switched = Switch.objects.filter(Exists(PushToken.objects.filter(entity="")), is_pushed=True)
    configured = switched.filter(entity__in=PushToken.objects.values("entity")).exclude(entity__in=paused)
    return list(configured.filter(entity__in=schemas()).order_by("entity").values_list("entity", flat=True))


def pause(entity: str, reason: str, asked: timedelta | None = None) -> None:
    """Send nothing of an entity for a while, or for as long as Dsync asked, up to an hour."""
    seconds = min(asked or timedelta(0), LONGEST_ASKED).total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"entity": entity, "asked": seconds, "reason": reason})


def is_in_trouble(entity: str) -> bool:
    """Tell whether the entity was paused and nothing of it has succeeded since."""
    return PushPause.objects.filter(pk=entity).exists()


def resume(*entities: str) -> None:
    """Send again, at once."""
    PushPause.objects.filter(pk__in=entities).delete()
