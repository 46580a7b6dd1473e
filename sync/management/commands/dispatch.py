from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from connector.edge.metrics.listening import listen
from sync.dispatcher import dispatch


class Command(BaseCommand):
    help = "Wake workers for what waits, apply it while the broker is away, and measure the backlog; until SIGTERM."

    def handle(self, *_args: Any, skip_checks: bool, **_options: Any) -> None:
        if not skip_checks:
            self.check(databases=["default"])
        listen()
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        dispatch(stop)
