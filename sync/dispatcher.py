"""The process that finds what nobody was told about; two of them do no harm.

It wakes workers while there is work, applies work itself while the broker is away, and measures the backlog.
"""

from __future__ import annotations

from threading import Event

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from connector.edge.logs import outline
from sync import backlog, runner, wake
from sync.models import Delivery

log = structlog.get_logger(__name__)

PAUSE = 0.25
OWN_WORK_SECONDS = 1.0


def dispatch(stop: Event) -> None:
    """Look after the backlog until told to stop; a database that is away is waited for."""
    while not stop.wait(PAUSE):
        try:
            look()
        except (DatabaseError, InterfaceError) as exc:
            log.warning("dispatcher_waits", **outline(exc))
            stop.wait(1.0)
        finally:
            close_old_connections()


def look() -> None:
    backlog.measure()
    if Delivery.objects.runnable().exists() and not wake.send():
        runner.run(OWN_WORK_SECONDS)
