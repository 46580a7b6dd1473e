"""How many calls an account may make: two fixed windows at once, exact across all processes and hosts.

A window starts with its first call. Both are counted in Valkey in one step (`windows.lua`), which takes a call out of
both or out of neither, so that a refused call consumes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

import redis
import structlog
from django.conf import settings
from redis.commands.core import Script

from connector.edge.allowances import Window, windows_of
from connector.edge.errors import Unavailable
from connector.edge.metrics.counted import counter
from connector.edge.valkey import client

log = structlog.get_logger(__name__)

TIMEOUT = 0.1  # seconds that a request waits for Valkey
MICROSECONDS = 1_000_000
STEP = Path(__file__).with_name("windows.lua").read_text()


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may go on, and what to tell about it; nothing where it could not be counted."""

    limit: int = 0
    remaining: int = 0
    reset: int = 0  # seconds until the window ends
    retry_after: int = 0  # seconds; of a refused call alone

    @property
    def admitted(self) -> bool:
        return not self.retry_after

    @property
    def is_counted(self) -> bool:
        return bool(self.limit or self.retry_after)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer, whatever else it is: the published three, or of a refusal `Retry-After` alone."""
        if self.retry_after:
            return {"Retry-After": str(self.retry_after)}
        if not self.limit:
            return {}
        told = {"Limit": self.limit, "Remaining": self.remaining, "Reset": self.reset}
        return {f"X-RateLimit-{name}": str(value) for name, value in told.items()}


class Counted(NamedTuple):
    """A window after a call: what is left of it, in calls and in seconds."""

    limit: int
    remaining: int
    seconds: int


def admit(account: str, *, now: float | None = None) -> Admission:
    """Take a call of an account out of its windows; `now`, in seconds, stands in for Valkey's own clock.

    Raises:
        Unavailable: Valkey is away, and the operator wants no calls that are not counted.
    """
    return admit_within(account, windows_of(account), now=now)


def admit_within(account: str, windows: Sequence[Window], *, now: float | None = None) -> Admission:
    """Take a call out of these windows, which whoever counts by the name decides on.

    Raises:
        Unavailable
    """
    try:
        return take(account, windows, now=now)
    except redis.RedisError as exc:
        return uncounted(exc)


def forget(account: str) -> None:
    """Give an account all its calls back; where Valkey is away it gets them when its windows end."""
    with suppress(redis.RedisError):
        client(settings.REDIS_URL, TIMEOUT).delete(key(account))


def take(account: str, windows: Sequence[Window], *, calls: int = 1, now: float | None = None) -> Admission:
    """Take a call out of every window or out of none; 0 calls only show whether one would be taken.

    Raises:
        redis.RedisError: Valkey is away; nobody knows whether it was taken.
    """
    lengths = [number for window in windows for number in (window.limit, window.seconds * MICROSECONDS)]
    time = "" if now is None else round(now * MICROSECONDS)
    taken, *numbers = step(settings.REDIS_URL)(keys=[key(account)], args=[time, calls, *lengths])
    if not taken:
        count_refusal(account)
    return admission(counted(windows, numbers), taken=bool(taken))


def key(account: str) -> str:
    return f"connector:rates:{account}"


@cache
def step(url: str) -> Script:
    return client(url, TIMEOUT).register_script(STEP)


def counted(windows: Sequence[Window], numbers: Sequence[int]) -> list[Counted]:
    return [
        Counted(window.limit, max(window.limit - calls, 0), ceil(left / MICROSECONDS))
        for window, calls, left in zip(windows, numbers[::2], numbers[1::2], strict=True)
    ]


def admission(windows: Sequence[Counted], *, taken: bool) -> Admission:
    """Tell of the window with the fewest calls left, of equals the one that lasts longer."""
    if not taken:
        return Admission(retry_after=max(window.seconds for window in windows if not window.remaining))
    nearest = min(windows, key=lambda window: (window.remaining, -window.seconds))
    return Admission(nearest.limit, nearest.remaining, nearest.seconds)


refusals = counter("connector_rate_refusals_total", "Calls that were refused as too many, by what they are.", ["scope"])
uncounted_calls = counter("connector_uncounted_calls_total", "Calls that could not be counted: Valkey was away.", [])


def count_refusal(account: str) -> None:
    refusals.labels(account.partition(":")[0]).inc()


def uncounted(exc: redis.RedisError) -> Admission:
    """Let a call pass that cannot be counted, or refuse it, as the operator has decided."""
    uncounted_calls.inc()
    log.warning("call_not_counted", error=type(exc).__name__, admitted=settings.CONNECTOR_RATE_OPEN)
    if not settings.CONNECTOR_RATE_OPEN:
        raise Unavailable("Calls cannot be counted at the moment, so none is taken; send the request again.") from exc
    return Admission()
