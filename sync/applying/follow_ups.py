"""Running what hooks have to do after a commit: under a lease, without a transaction, at least once."""

from __future__ import annotations

import time

import structlog
from django.db import models
from django.db.models.functions import Now

from connector.edge.logs import outline
from connector.edge.trace import apart, note
from connector.edge.tracing import spans
from sync.hooks import HOOKS
from sync.models import Delivery, FollowUp
from sync.watching import metrics
from sync.work.retry import TRIES, delay_after

log = structlog.get_logger(__name__)


def run(seconds: float) -> bool:
    """Run what is due; tell whether nothing is left, or else the time was up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        follow_up = claim()
        if follow_up is None:
            return True
        call(follow_up)
    return False


def are_due() -> bool:
    return FollowUp.objects.due().exists()


def claim() -> FollowUp | None:
    """Take the follow-up that is due longest, for as long as a lease lasts."""
    return next(iter(FollowUp.objects.due().claim()), None)


def call(follow_up: FollowUp) -> None:
    """Call the hook and remove the follow-up, or have it called again later; whoever lost the lease does neither."""
    mine = FollowUp.objects.held(follow_up)
    if follow_up.tries > TRIES:  # A call that returns or raises is never left with so many.
        call_later(mine, follow_up.tries, "It ended its workers.")
        return
    try:
        hook = HOOKS[follow_up.hook]
        delivery = Delivery.objects.get(pk=follow_up.delivery)
        with apart(), spans.span("call a hook", {"connector.hook": hook.name}, after=delivery.traceparent):
            note(delivery=delivery.pk)
            hook.function(entity=delivery.entity, operation=delivery.method, delivery=delivery)
    except Exception as exc:  # noqa: BLE001 (a process boundary: the hook is somebody else's code)
        log.warning("follow_up_failed", hook=follow_up.hook, delivery=follow_up.delivery, **outline(exc))
        metrics.calls.labels("raised").inc()
        call_later(mine, follow_up.tries, type(exc).__name__)
    else:
        log.info("follow_up_done", hook=follow_up.hook, delivery=follow_up.delivery)
        metrics.calls.labels("returned").inc()
        mine.delete()


def call_later(mine: models.QuerySet[FollowUp], tries: int, reason: str) -> None:
    """Have it called again when its wait is over, or give it up."""
    wait = delay_after(tries)
    mine.update(due_at=Now() + wait if wait is not None else None, leased_until=None, reason=reason)


def replay(follow_up: FollowUp) -> bool:
    """Have a given-up follow-up called again; tell whether it was given up."""
    given_up = FollowUp.objects.filter(pk=follow_up.pk, due_at=None)
    return given_up.update(due_at=Now(), tries=0, reason="") == 1
