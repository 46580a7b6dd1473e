"""Counting calls that pass where nobody can count them: what Dsync sends is never held up by Valkey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TypeVar

import redis
import structlog
from django.conf import settings

from connector.edge.allowances import Window
from connector.edge.rates import Admission, take, uncounted_calls

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")
REST = 1.0  # seconds for which a process does not ask a Valkey that was away: else each request would wait for it
_rests: dict[str, float] = {}  # Until when, by its URL.


def admit_openly(account: str, windows: Sequence[Window], *, calls: int = 1, now: float | None = None) -> Admission:
    """Take a call out of these windows; while Valkey is away it passes uncounted, whatever holds for others."""
    admission = ask_openly(lambda: take(account, windows, calls=calls, now=now))
    if admission is None:
        uncounted_calls.inc(calls)
        return Admission()
    return admission


def ask_openly(question: Callable[[], Answer]) -> Answer | None:
    """Return what Valkey answers; None while it is away."""
    url = settings.REDIS_URL
    if _rests.get(url, 0.0) > monotonic():
        return None
    try:
        return question()
    except redis.RedisError as exc:
        _rests[url] = monotonic() + REST
        log.warning("call_not_counted", error=type(exc).__name__, admitted=True)
        return None
