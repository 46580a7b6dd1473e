"""Alerts about what is away: beat, workers, the dispatcher, Valkey. Whichever of them is left tells of the others."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.kinds import Finding, Kind, page, register
from connector.edge.health import pulse

STARTING = 60  # seconds in which a service that starts is not heard of yet


def silent() -> Iterator[Finding]:
    for missing in pulse.degraded():
        yield Finding(missing["name"], missing["reason"], page("index"))


register(Kind("process-silent", "Processes that are away", silent, patience=STARTING))
