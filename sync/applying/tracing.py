"""The end of a delivery's trace: the span of the transaction that applied it, in the trace of who sent it.

A wake-up stands for many deliveries and a batch applies many, so what leads from one to the other is the `traceparent`
in the row. The span links to that of the batch, which is under the Celery task that ran it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry.trace import Link, Span, SpanKind, StatusCode

from connector.edge.tracing.provider import context_of, tracer
from connector.edge.tracing.spans import PARENT
from connector.edge.tracing.tasks import task_in_hand
from sync.models import Delivery
from sync.models.delivery import State

if TYPE_CHECKING:
    from sync.applying.told import Told


def end_traces(told: Told, batch: Span) -> None:
    """Note of each traced delivery of a batch, which is committed, what became of it."""
    batch.set_attribute("connector.deliveries", len(told.outcomes) + len(told.failures))
    now = time.time_ns()
    for delivery, mark in told.outcomes:
        end_trace(delivery, mark.state, batch, (told.began, now))
    for delivery, state, _ in told.failures:
        end_trace(delivery, state, batch, (told.began, now))


def end_trace(delivery: Delivery, state: State, batch: Span, times: tuple[int, int]) -> None:
    if not delivery.traceparent:
        return
    span = tracer().start_span(
        "apply the delivery",
        context=context_of({PARENT: delivery.traceparent}),
        kind=SpanKind.CONSUMER,
        attributes={
            "connector.delivery": delivery.pk,
            "connector.entity": delivery.entity,
            "connector.state": state.value,
            "connector.task": task_in_hand(),
        },
        links=[Link(batch.get_span_context())],
        start_time=times[0],
    )
    if state in (State.RETRYING, State.DEAD):
        span.set_status(StatusCode.ERROR, state.value)
    span.end(times[1])
