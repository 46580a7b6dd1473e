"""Spans: of a request, of what is done for it, and of what is done later for a delivery that it left behind.

No span holds a message of an exception, a key of a record, a payload or a token: attributes are named by who sets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from opentelemetry.trace import Span

IS_ON: bool = settings.CONNECTOR_TRACING
PARENT = "traceparent"
NOTHING: nullcontext[None] = nullcontext()
Attributes = Mapping[str, Any]


def span(
    name: str, attributes: Attributes | None = None, *, after: str | None = None
) -> AbstractContextManager[Span | None]:
    """Have a block be a span, under the one in hand or after what a `traceparent` names; nothing where it is off."""
    return started(name, attributes, {PARENT: after} if after else None) if IS_ON else NOTHING


def request_span(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Span | None]:
    """Have a block be the span of a request, in the trace that its headers name."""
    if not IS_ON:
        return NOTHING
    found = {PARENT: headers.get("HTTP_TRACEPARENT", ""), "tracestate": headers.get("HTTP_TRACESTATE", "")}
    return started(name, None, found, kind="SERVER")


@contextmanager
def started(
    name: str, attributes: Attributes | None, parent: Mapping[str, str] | None, *, kind: str = "INTERNAL"
) -> Iterator[Span]:
    from opentelemetry import trace  # noqa: PLC0415 (costs memory and time where it is off)

    from connector.edge.tracing.provider import context_of, tracer  # noqa: PLC0415

    made = tracer().start_as_current_span(
        name,
        context=context_of(parent) if parent else None,
        kind=trace.SpanKind[kind],
        attributes=attributes,
        record_exception=False,  # Its message would be told.
        set_status_on_exception=False,
    )
    with made as current:
        try:
            yield current
        except Exception as exc:
            current.set_status(trace.StatusCode.ERROR, type(exc).__name__)
            raise


def trace_in_hand() -> str:
    """Return the id of the trace in hand, for the log."""
    from opentelemetry import trace  # noqa: PLC0415

    return trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)


def parent_in_hand() -> str | None:
    """Return the span in hand as a `traceparent`, for who goes on with it later; None where it is not kept."""
    from opentelemetry import trace  # noqa: PLC0415

    from connector.edge.tracing.provider import parent_of  # noqa: PLC0415

    current = trace.get_current_span()
    return parent_of(current) if current.get_span_context().trace_flags.sampled else None
