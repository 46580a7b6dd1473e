"""What a process counts by itself while Valkey is away: its own calls alone, and of so many accounts."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from cachetools import LRUCache

from connector.edge.allowances import Window
from connector.edge.rates import Admission, count_refusal


@dataclass(slots=True)
class Begun:
    """A window that has begun: when it ends, and how many calls it has taken."""

    ends: float
    calls: int = 0


_begun: LRUCache[str, Begun] = LRUCache(maxsize=10_000)
_lock = Lock()


def admit_alone(account: str, window: Window, *, calls: int) -> Admission:
    """Take a call out of this process' own window; 0 calls only show whether one would be taken."""
    now = monotonic()
    with _lock:
        begun = _begun.get(account)
        if begun is None or begun.ends <= now:
            begun = _begun[account] = Begun(now + window.seconds)
        if begun.calls >= window.limit:
            count_refusal(account)
            return Admission(retry_after=ceil(begun.ends - now))
        begun.calls += calls
    return Admission()
