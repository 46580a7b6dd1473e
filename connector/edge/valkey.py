"""Clients of Valkey or Redis for what is asked of it within a request; Celery has connections of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from connector.edge.brokers import Sentinels, asking, is_sentinel


@cache
def client(url: str, timeout: float) -> redis.Redis:
    """Return a client that gives up after so many seconds and never asks twice: whoever asks is waiting.

    Threads share it, and so do processes that were forked after it was made: each takes connections of its own.
    """
    patience = {"socket_timeout": timeout, "socket_connect_timeout": timeout, "retry": Retry(NoBackoff(), 0)}
    if is_sentinel(url):
        return client_of_master(Sentinels.of(url), patience)
    return redis.Redis.from_url(url, **patience)


def client_of_master(sentinels: Sentinels, patience: dict[str, Any]) -> redis.Redis:
    """Return a client of whichever server the sentinels name; they are asked for each new connection."""
    own = asking(settings.REDIS_SENTINEL_PASSWORD, patience["socket_timeout"])
    sentinel: Any = Sentinel(sentinels.hosts, sentinel_kwargs=own)  # type: ignore[no-untyped-call]  # it has no types
    account = {"username": sentinels.username, "password": sentinels.password, "db": sentinels.db}
    master: redis.Redis = sentinel.master_for(settings.REDIS_SENTINEL_MASTER, **account, **patience)
    return master
