"""A throw-away stack with the hostile application, and what a test does to it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import redis

from connector.stack.waiting import Waiting
from tests.acceptance.faults import Programs
from tests.acceptance.hostile.orders import Orders
from tests.acceptance.local_stack import LocalStack, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SETTINGS = "tests.acceptance.hostile.settings"
PATIENCE = 120.0


class HostileStack(LocalStack):
    """A stack whose processes can be ordered to die."""

    def __init__(self, run_dir: Path, *, is_pooled: bool | None = None, **changes: str) -> None:
        super().__init__(run_dir, is_pooled=is_pooled, DJANGO_SETTINGS_MODULE=SETTINGS, **changes)
        self.orders = Orders(run_dir)
        self.programs = Programs(self)

    @property
    def valkey_url(self) -> str:
        return self.changes.get("REDIS_URL") or self.credentials["REDIS_URL"]

    @property
    def broker_url(self) -> str:
        return self.valkey_url.replace("unix://", "redis+socket://", 1)

    @contextmanager
    def valkey(self) -> Iterator[redis.Redis]:
        """Talk to the stack's Valkey."""
        with redis.Redis.from_url(self.valkey_url, socket_timeout=5) as client:
            yield client


@contextmanager
def hostile_stack(**changes: str) -> Iterator[HostileStack]:
    """Run a hostile stack in a folder of its own."""
    with running(partial(HostileStack, **changes)) as stack:
        yield stack


def until(ready: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> None:
    Waiting().until(lambda: bool(ready()), what, seconds=seconds)
