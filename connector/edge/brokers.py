"""What the URL of a broker means: Valkey or Redis, alone or behind sentinels, or RabbitMQ.

Semicolons stand between several sentinels: `sentinel://:password@one:26379/0;sentinel://two:26379`. User, password and
number are those of the server that they watch over, and the first URL's count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from redis.backoff import NoBackoff
from redis.retry import Retry

SENTINEL = "sentinel"
STORES = ("redis", "rediss", "unix", SENTINEL)  # What counts and pulses can be kept in.
BROKERS = (*STORES, "amqp", "amqps")
PORTS = {SENTINEL: 26379}
OF_VALKEY = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
# Unless it has to confirm, a broker that died a moment ago takes a message. A worker reads what is there already: the
# time-outs end a wait in the middle of a frame, and that of whoever publishes.
OF_RABBITMQ = {"confirm_publish": True, "read_timeout": 5, "write_timeout": 5, "connect_timeout": 2}


@dataclass(frozen=True, slots=True)
class Sentinels:
    """Who tells where the server is, and the account and the database there."""

    hosts: Sequence[tuple[str, int]]
    username: str | None
    password: str | None
    db: int

    @classmethod
    def of(cls, url: str) -> Sentinels:
        urls = [urlsplit(part) for part in url.split(";")]
        first = urls[0]
        hosts = [(part.hostname or "", part.port or PORTS[SENTINEL]) for part in urls]
        return cls(hosts, text(first.username), text(first.password), int(first.path.strip("/") or 0))


def text(quoted: str | None) -> str | None:
    return unquote(quoted) if quoted else None


def is_sentinel(url: str) -> bool:
    return url.startswith(f"{SENTINEL}://")


def for_celery(url: str) -> str:
    """Return a URL as kombu takes it: a socket file has another name there."""
    return url.replace("unix://", "redis+socket://", 1)


def options(url: str, master: str, password: str) -> dict[str, Any]:
    """Return Celery's options for a broker; the password is the sentinels' own."""
    if url.startswith("amqp"):
        return OF_RABBITMQ
    if is_sentinel(url):
        return {**OF_VALKEY, "master_name": master, "sentinel_kwargs": asking(password, OF_VALKEY["socket_timeout"])}
    return OF_VALKEY


def asking(password: str, seconds: float) -> dict[str, Any]:
    """Return how a sentinel is asked: once, since there are others to ask."""
    patience = {"socket_timeout": seconds, "socket_connect_timeout": seconds, "retry": Retry(NoBackoff(), 0)}
    return {**patience, "password": password or None}


def faults(url: str, schemes: Sequence[str], master: str) -> Iterator[str]:
    """Yield what is wrong with a URL, without a word of what it says: it may hold a password."""
    parts = parted(url)
    if parts is None:
        yield "cannot be read; what is special in a password is written as %40, say"
        return
    if unknown := {part.scheme for part in parts} - set(schemes):
        yield f"begins with none of {', '.join(f'{scheme}://' for scheme in schemes)}" + (
            "" if "" in unknown else f", but {min(unknown)}://"
        )
        return
    if len({part.scheme for part in parts}) > 1 or (len(parts) > 1 and not is_sentinel(url)):
        yield "has several addresses, which only sentinels have"
    if is_sentinel(url) and not master:
        yield "leads to sentinels, and REDIS_SENTINEL_MASTER does not name what they watch over"
    for part in parts:
        yield from faults_of_place(part)


def parted(url: str) -> list[SplitResult] | None:
    try:
        return [urlsplit(part) for part in url.split(";")]
    except ValueError:  # It quotes what it cannot read.
        return None


def faults_of_place(part: SplitResult) -> Iterator[str]:
    try:
        is_named = bool(part.path if part.scheme == "unix" else part.hostname) and part.port != 0
    except ValueError:
        is_named = False
    if not is_named:
        yield "has an address without a host, or with a port that is none"
    if part.scheme == SENTINEL and not (part.path.strip("/") or "0").isdecimal():
        yield "has a database that is no number"
