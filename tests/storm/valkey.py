"""Valkey is flushed, killed, frozen, full, evicting, and full of messages that nobody meant."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from statistics import median
from typing import TYPE_CHECKING

import redis
from celery import Celery

from tests.acceptance.extra_worker import forge_wake_ups
from tests.acceptance.faults import frozen, kill
from tests.storm.case import Storm, case, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.acceptance.history import Sent

SECONDS = 20.0
FORGED = (("sync.tasks.apply_deliveries", [1, "x"]), ("sync.tasks.nothing", []), ("sync.tasks.call_hooks", [{}]))
GARBAGE = (b"", b"garbage", b"{}", b"[1]", b"\xff\xfe", json.dumps({"body": "e30=", "headers": {}}).encode())


@case()
def valkey_flushed_every_second(storm: Storm) -> None:
    """All messages are lost, again and again."""
    with storm.load(async_share=0.8) as load, storm.stack.valkey() as valkey:
        for _ in storm.moments(SECONDS, 0.5, 1.5):
            valkey.flushall()
            storm.fault("FLUSHALL")
    storm.settle(load)


@case()
def valkey_killed_and_restarted_empty(storm: Storm) -> None:
    """Valkey is killed, and comes back without anything in it."""
    with storm.load(async_share=0.8) as load:
        for _ in storm.moments(SECONDS, 2, 4):
            storm.fault("SIGKILL to Valkey", times=kill(storm.stack.programs.named("valkey")))
    storm.settle(load)


@case()
def valkey_never_there(storm: Storm) -> None:
    """Web, workers and dispatcher start without Valkey, and work without it."""
    ours = ("web", "dispatcher", "worker")
    with storm.stack.programs.without("valkey"):
        storm.stack.programs.stop(*ours)
        storm.stack.programs.start(*reversed(ours))
        storm.fault("a start without Valkey", times=len(ours))
        with storm.load(writes=100, async_share=0.8) as load:
            pass
        storm.settle(load)


@case()
def valkey_frozen_for_a_minute(storm: Storm) -> None:
    """Valkey stands still for a minute, and no answer takes longer for it."""
    with storm.load(name="awake", async_share=0.8) as awake:
        storm.fault("none", times=sum(1 for _ in storm.moments(SECONDS, 1, 1)))
    with frozen(storm.stack.programs.named("valkey")), storm.load(async_share=0.8) as load:
        storm.fault("a second without Valkey", times=sum(1 for _ in storm.moments(60, 1, 1)))
    usual, slow = (quantiles(each.history.writes) for each in (awake, load))
    tell(f"  median and slowest of 100: usually {usual}, frozen {slow}")
    storm.settle(load)
    assert slow[1] < usual[1] + 2  # Whoever asks a frozen broker waits for 5 s and more.


def quantiles(writes: Sequence[Sent]) -> tuple[float, float]:
    """Return the median and the 99th of 100, in seconds."""
    seconds = sorted(sent.seconds for sent in writes)
    return round(median(seconds), 4), round(seconds[int(0.99 * len(seconds))], 4)


@contextmanager
def configured(storm: Storm, **settings: str) -> Iterator[redis.Redis]:
    """Have Valkey run with other settings."""
    with storm.stack.valkey() as valkey:
        before = {name: valkey.config_get(name)[name] for name in settings}
        for name, value in settings.items():
            valkey.config_set(name, value)
        try:
            yield valkey
        finally:
            for name, value in before.items():
                valkey.config_set(name, value)


@case()
def valkey_full(storm: Storm) -> None:
    """Valkey refuses every write for want of memory."""
    with configured(storm, maxmemory="1"), storm.load(async_share=0.8) as load:
        storm.fault("a second without memory", times=sum(1 for _ in storm.moments(SECONDS, 1, 1)))
    storm.settle(load)


@case()
def valkey_evicting(storm: Storm) -> None:
    """Valkey throws keys away, among them the queue, to make room for others."""
    settings = {"maxmemory-policy": "allkeys-random", "maxmemory": "3mb"}
    with configured(storm, **settings) as valkey, storm.load(async_share=0.8) as load:
        before = valkey.info("stats")["evicted_keys"]
        for number, _ in enumerate(storm.moments(SECONDS, 0.05, 0.1)):
            with suppress(redis.ResponseError):
                valkey.set(f"other-{number}", b"x" * 100_000)
        storm.fault("a key evicted", times=valkey.info("stats")["evicted_keys"] - before)
    with storm.stack.valkey() as valkey:
        valkey.flushall()
    storm.settle(load)


@case()
def wake_ups_doubled_and_forged(storm: Storm) -> None:
    """Wake-ups come by the hundred, with arguments that nobody knows, and messages that nobody can read."""
    with (
        storm.load(async_share=0.8) as load,
        storm.stack.valkey() as valkey,
        forge_wake_ups(storm.stack, each=0.02),
        Celery(broker=storm.stack.broker_url) as app,
    ):
        for _ in storm.moments(SECONDS, 0.1, 0.3):
            name, arguments = storm.random.choice(FORGED)
            app.send_task(name, arguments, expires=5)
            storm.fault("a forged message")
        for message in GARBAGE:  # Each costs the worker its life: the broker is ours alone.
            valkey.lpush("celery", message)
            storm.fault("a message of garbage")
    storm.settle(load)
