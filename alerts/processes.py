"""Alerts about what is degraded: beat, workers, the dispatcher, Valkey. Whichever is left tells of the others."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.kinds import Finding, Kind, page, register
from connector.edge.health import parts

STARTING = 60  # seconds in which a service that starts is not heard of yet


def silent() -> Iterator[Finding]:
    for missing in parts.degraded():
        yield Finding(missing["name"], missing["reason"], page("index"))


register(Kind("process-silent", "Processes that are away", silent, patience=STARTING))
