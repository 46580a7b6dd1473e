"""Clients of Valkey or Redis for what is asked of it within a request; Celery has connections of its own."""

from __future__ import annotations

from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


@cache
def client(url: str, timeout: float) -> redis.Redis:
    """Return a client that gives up after so many seconds and never asks twice: whoever asks is waiting.

    Threads share it, and so do processes that were forked after it was made: each takes connections of its own.
    """
    return redis.Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
    )
