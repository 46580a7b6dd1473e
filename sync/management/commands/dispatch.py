from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from connector.edge.bounds import OF_SETTINGS
from connector.edge.metrics.listening import listen
from sync.applying.dispatcher import dispatch


class Command(BaseCommand):
    help = "Wake workers for what waits, apply it while the broker is away, and measure the backlog; until SIGTERM."

    def get_check_kwargs(self, _options: dict[str, Any]) -> Any:
        """Judge the settings and the server, as other processes do, and no code: that was done before it came here."""
        return {"tags": [*OF_SETTINGS, Tags.database], "databases": ["default"]}

    def handle(self, *_args: Any, **_options: Any) -> None:
        listen()
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        dispatch(stop)
