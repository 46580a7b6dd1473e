"""The pulse of beat, workers and dispatcher: Valkey keeps the time of the last heartbeat of each for a while."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TypedDict

import redis
from django.conf import settings

from connector.edge.valkey import client

INTERVAL = 5  # seconds from one heartbeat to the next
SILENCE = 20  # seconds without one until it is told
SOCKET_TIMEOUT = 0.5
REASONS = {
    "beat": f"No beat has sent a heartbeat for {SILENCE} seconds.",
    "worker": f"No worker has run a heartbeat for {SILENCE} seconds.",
    "dispatcher": f"No dispatcher has looked after the backlog for {SILENCE} seconds.",
}
UNASKED = "Whether a worker lives cannot be told: beat, which has them asked, is away."


class Degraded(TypedDict):
    name: str
    reason: str


def record(name: str) -> None:
    """Note that beat, a worker or a dispatcher lives."""
    with suppress(redis.RedisError):  # Readiness tells that Valkey is away; nothing is lost here.
        valkey().set(key(name), int(time.time()), ex=SILENCE)


def is_heard(name: str) -> bool:
    """Tell whether it has lately noted that it lives; False also while Valkey is away."""
    try:
        return valkey().get(key(name)) is not None
    except redis.RedisError:
        return False


def degraded() -> list[Degraded]:
    """Return what is away of all that writes do not need, with the reason."""
    try:
        times = valkey().mget([key(name) for name in REASONS])
    except redis.RedisError as exc:
        return [{"name": "valkey", "reason": f"Valkey does not answer ({type(exc).__name__})."}]
    heard = dict(zip(REASONS, times, strict=True))
    reasons = REASONS if heard["beat"] else {**REASONS, "worker": UNASKED}
    return [{"name": name, "reason": reason} for name, reason in reasons.items() if not heard[name]]


def key(name: str) -> str:
    return f"connector:pulse:{name}"


def valkey() -> redis.Redis:
    return client(settings.REDIS_URL, SOCKET_TIMEOUT)
