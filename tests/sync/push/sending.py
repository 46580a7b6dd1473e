"""What the tests of pushing ask for besides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from sync.models import Push, PushPause
from sync.push import sender

EARLIER = Now() - timedelta(seconds=1)


def send() -> None:
    """Send all that is due."""
    assert sender.run(20)


def make_due() -> None:
    """Let the time pass that pushes wait for their next try, and entities for the end of a pause."""
    Push.objects.waiting().update(due_at=EARLIER)
    PushPause.objects.update(until=EARLIER)


def end_leases() -> None:
    Push.objects.update(leased_until=EARLIER)


def push_of(key: str = "a") -> Push:
    return Push.objects.get(record_key=key)


def state_of(key: str = "a") -> tuple[Any, ...]:
    push = push_of(key)
    return (push.state, push.tries, push.reason)
