"""The SDK, made when a process begins its first span: what forks is then done with forking."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from celery.signals import worker_process_shutdown
from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

PROPAGATOR = TraceContextTextMapPropagator()


def tracer() -> trace.Tracer:
    return provider(os.getpid()).get_tracer("connector")


@cache
def provider(_pid: int) -> TracerProvider:
    """Return what this process exports by, as the standard variables have it."""
    name = os.environ.get("OTEL_SERVICE_NAME", "connector")
    made = TracerProvider(resource=Resource.create({"service.name": name, "connector.role": settings.ROLE}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


@worker_process_shutdown.connect
def export_rest(**_kwargs: object) -> None:
    """Export what is left: a process of a worker ends without what others do at their end."""
    provider(os.getpid()).shutdown()


def context_of(parent: Mapping[str, str]) -> Context:
    """Return where a trace goes on; a new trace where the headers are none."""
    return PROPAGATOR.extract(parent, context=Context())


def parent_of(span: trace.Span) -> str:
    carrier: dict[str, str] = {}
    PROPAGATOR.inject(carrier, context=trace.set_span_in_context(span, Context()))
    return carrier["traceparent"]
