"""The pulse of beat, of each queue's workers and of the dispatcher: Valkey keeps how long ago each was heard of."""

from __future__ import annotations

from contextlib import suppress
from typing import TypedDict

import redis
from django.conf import settings

from connector.edge.valkey import client

INTERVAL = 5  # seconds from one heartbeat to the next
SILENCE = 20  # seconds without one until it is told
BUSY = {"effects": 60, "files": 270}  # seconds that a task of theirs may take, before which no heartbeat is run
KEPT = 7 * 24 * 60 * 60  # seconds; by what is left of it Valkey tells the age, and no two hosts compare their clocks.
SOCKET_TIMEOUT = 0.5
QUEUES = {"celery": "worker", "effects": "effects", "files": "files"}  # What each queue's workers are called.
REASONS = {
    "beat": "No beat has sent a heartbeat",
    "worker": "No worker has run a heartbeat",
    "effects": "No worker of the queue effects has run a heartbeat",
    "files": "No worker of the queue files has run a heartbeat",
    "dispatcher": "No dispatcher has looked after the backlog",
}
UNASKED = "Whether a worker lives cannot be told: beat, which has them asked, is away."


class Degraded(TypedDict):
    name: str
    reason: str


def record(name: str) -> None:
    """Note that beat, a worker of a queue or a dispatcher lives."""
    with suppress(redis.RedisError):  # Readiness tells that Valkey is away; nothing is lost here.
        valkey().set(key(name), "", ex=KEPT)


def ages() -> dict[str, float | None]:
    """Return for how many seconds each was not heard of, None where it was not at all.

    Raises:
        redis.RedisError: Valkey is away.
    """
    with valkey().pipeline(transaction=False) as asked:
        for name in REASONS:
            asked.pttl(key(name))
        left = asked.execute()
    return {
        name: max(0.0, KEPT - milliseconds / 1000) if milliseconds >= 0 else None
        for name, milliseconds in zip(REASONS, left, strict=True)
    }


def is_heard(name: str) -> bool:
    """Tell whether it has lately noted that it lives; False also while Valkey is away."""
    try:
        return not is_silent(name, ages()[name])
    except redis.RedisError:
        return False


def is_silent(name: str, age: float | None) -> bool:
    return age is None or age > SILENCE + BUSY.get(name, 0)


def degraded() -> list[Degraded]:
    """Return what is away of all that writes do not need, with the reason."""
    try:
        heard = ages()
    except redis.RedisError as exc:
        return [{"name": "valkey", "reason": f"Valkey does not answer ({type(exc).__name__})."}]
    silent = {name: reason_of(name, age) for name, age in heard.items() if is_silent(name, age)}
    if "beat" in silent:
        silent.update(dict.fromkeys(silent.keys() & QUEUES.values(), UNASKED))
    return [{"name": name, "reason": reason} for name, reason in silent.items()]


def reason_of(name: str, age: float | None) -> str:
    """Return the reason in a sentence; one that lasts is in round numbers, as it is also the text of an alert."""
    since = "at all" if age is None else f"for {rounded(age)}"
    return f"{REASONS[name]} {since}."


def rounded(seconds: float) -> str:
    if seconds < 60:
        return f"{int(seconds)} seconds"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def key(name: str) -> str:
    return f"connector:pulse:{name}"


def valkey() -> redis.Redis:
    return client(settings.REDIS_URL, SOCKET_TIMEOUT)
