"""What was accepted lately, and from where: known to the process that did, and by Valkey to all others.

It opens nothing: it only has what is known judged on, where others try what nobody has. Digests are kept, of what was
right alone, so that whoever guesses can fill nothing.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from django.conf import settings

from connector.edge.digests import digest_of
from connector.edge.open_rates import ask_openly
from connector.edge.rates import TIMEOUT
from connector.edge.valkey import client

LASTING = 25 * 3600  # seconds from its last use: who comes once a day is known
TOLD_EVERY = 60  # seconds, so that a Valkey that was emptied knows again
MOST = 10_000
_told: dict[tuple[bytes, str | None], float] = {}  # When Valkey last was, the longest ago first.
_lock = Lock()


def is_known_here(digest: bytes, origin: str | None) -> bool:
    """Tell whether this process has accepted it from there."""
    return was_told(digest, origin, within=LASTING)


def was_told(digest: bytes, origin: str | None, *, within: float) -> bool:
    told = _told.get((digest, origin))
    return told is not None and monotonic() - told < within


def is_known(digest: bytes, origin: str | None) -> bool:
    """Tell whether any process has accepted it from there; this one alone is asked while Valkey is away."""
    here = is_known_here(digest, origin)
    return here or bool(ask_openly(lambda: client(settings.REDIS_URL, TIMEOUT).exists(key(digest, origin))))


def remember(digest: bytes, origin: str | None) -> None:
    if was_told(digest, origin, within=TOLD_EVERY):
        return
    with _lock:
        _told.pop((digest, origin), None)
        _told[digest, origin] = monotonic()
        if len(_told) > MOST:
            del _told[next(iter(_told))]
    ask_openly(lambda: client(settings.REDIS_URL, TIMEOUT).set(key(digest, origin), 1, ex=LASTING))


def key(digest: bytes, origin: str | None) -> str:
    return f"connector:accepted:{digest_of(digest, (origin or '').encode()).hex()}"


def forget_accepted() -> None:
    """Drop what this process remembers, as one does that begins."""
    with _lock:
        _told.clear()
