"""Telling of alerts over mail and webhook: under a lease, without a transaction, until the other side has taken it.

All that waits on a channel is told at once, as one message: a thousand alerts are one mail, and so is what has gathered
while the mail server was away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import structlog
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from alerts import mails, webhook
from alerts.looking import channels
from alerts.models import Alert, Channel, Telling
from alerts.untold import NotTold
from sync.work.retry import Schedule, delay_after

log = structlog.get_logger(__name__)


class Way(Protocol):
    """A module that tells over a channel."""

    def tell(self, alerts: Sequence[Alert], name: str, /) -> None: ...
    def give_up(self, alerts: int, /) -> None: ...


MOST = 10_000
TRYING = Schedule(first=10, longest=60 * 60, tries=100)  # four days
WAYS: dict[str, Way] = {Channel.MAIL: mails, Channel.WEBHOOK: webhook}


def are_due() -> bool:
    return Telling.objects.filter(channel__in=channels()).due().exists()


def run(_seconds: float) -> bool:
    """Tell what is due over every channel; tell whether nothing is left."""
    for channel in channels():
        of_channel = Telling.objects.filter(channel=channel)
        if of_channel.due().exists():
            tell(channel, of_channel.unsent().claim(MOST))
    return not are_due()


def tell(channel: str, taken: Sequence[Telling]) -> None:
    if not taken:
        return
    numbers = sorted(telling.pk for telling in taken)
    alerts = list(Alert.objects.filter(pk__in=[telling.alert_id for telling in taken]).order_by("pk"))
    try:
        WAYS[channel].tell(alerts, f"alert-{numbers[0]}-{numbers[-1]}")
    except NotTold as exc:
        log.warning("alerts_not_told", channel=channel, alerts=len(alerts))
        WAYS[channel].give_up(settle_failed(taken, str(exc)))
    else:
        held(taken).update(due_at=None, leased_until=None, sent_at=Now(), reason="")


@transaction.atomic
def settle_failed(taken: Sequence[Telling], reason: str) -> int:
    """Have them told later, all at once; what was tried often enough is given up. Return how many are.

    What came along before it was due had no try of its own: else a flood of alerts would use up those of the first.
    """
    now = timezone.now()
    early = {telling for telling in taken if telling.due_at is not None and telling.due_at > now}
    held(early).update(tries=F("tries") - 1, leased_until=None)
    taken = [telling for telling in taken if telling not in early]
    given_up = [telling for telling in taken if telling.tries >= TRYING.tries]
    ended = held(given_up).update(due_at=None, leased_until=None, reason=reason)
    rest = [telling for telling in taken if telling.tries < TRYING.tries]
    wait = delay_after(max((telling.tries for telling in rest), default=TRYING.tries), schedule=TRYING)
    if wait is not None:
        held(rest).update(due_at=Now() + wait, leased_until=None, reason=reason)
    return ended


def held(taken: Collection[Telling]) -> models.QuerySet[Telling]:
    """Return those of these whose lease nobody else has taken over meanwhile."""
    tokens = {telling.token for telling in taken}
    return Telling.objects.filter(pk__in=[telling.pk for telling in taken], token__in=tokens)
