"""Going on when the database could not do something just now."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, connection

from connector.edge.envelope import is_outage
from connector.edge.logs import outline
from sync.pulling.errors import Stopped
from sync.pulling.source import RETRIES
from sync.work.retry import delay_after

log = structlog.get_logger(__name__)
Result = TypeVar("Result")


def patiently(work: Callable[[], Result], stop: Event) -> Result:
    """Do a piece of work that is one transaction, again when the database was away, locked or chose it to fail.

    Raises:
        DatabaseError: it did not get better, or is no fault that passes.
    """
    tries = 0
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError) as exc:
            tries += 1
            delay = delay_after(tries, schedule=RETRIES)
            if delay is None or not is_outage(exc):
                raise
            log.warning("pull_waits_for_the_database", tries=tries, **outline(exc))
        connection.close_if_unusable_or_obsolete()
        if stop.wait(delay.total_seconds()):
            raise Stopped("It was told to stop.")
