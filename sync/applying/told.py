"""What is said of a batch of deliveries when it is committed: a line for each outcome, a count, the end of its trace.

Nothing is said of what was rolled back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from connector.edge.tracing import spans
from sync.applying.marks import Mark
from sync.models import Delivery
from sync.models.delivery import State
from sync.watching import metrics

log = structlog.get_logger(__name__)
level = logging.getLogger(__name__)


@dataclass(slots=True)
class Told:
    """What became of each delivery of a batch."""

    began: int = field(default_factory=time.time_ns)
    outcomes: list[tuple[Delivery, Mark]] = field(default_factory=list)
    failures: list[tuple[Delivery, State, Mapping[str, Any]]] = field(default_factory=list)

    def settled(self, outcomes: Sequence[tuple[Delivery, Mark]]) -> None:
        self.outcomes += outcomes

    def failed(self, delivery: Delivery, state: State, error: str, outline: Mapping[str, Any] | None = None) -> None:
        self.failures.append((delivery, state, {"error": error, **(outline or {})}))

    def tell(self) -> None:
        if self.outcomes and level.isEnabledFor(logging.INFO):
            log.info("delivery_settled", each=[{**named(each), **became(mark)} for each, mark in self.outcomes])
        for delivery, state, outline in self.failures:
            log.warning("delivery_failed", **named(delivery), state=state.value, **outline)
            if state == State.RETRYING:
                metrics.retries.labels(delivery.entity).inc()


@contextmanager
def batch() -> Iterator[Told]:
    """Tell of a batch after the block, which commits it."""
    told = Told()
    with spans.span("apply deliveries") as span:
        yield told
        told.tell()
        if span is not None:
            from sync.applying.tracing import end_traces  # noqa: PLC0415 (it imports the SDK)

            end_traces(told, span)


def named(delivery: Delivery) -> dict[str, Any]:
    """Return what a delivery is known by; never the key of its record."""
    process = {"process_id": delivery.process_id} if delivery.process_id else {}
    return {"delivery": delivery.pk, "entity": delivery.entity, **process}


def became(mark: Mark) -> dict[str, Any]:
    outcome = {"outcome": mark.outcome.value} if mark.outcome else {}
    return {"state": mark.state.value, **outcome}
