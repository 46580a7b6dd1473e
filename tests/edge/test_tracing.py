"""Spans: nothing while they are off, and of an exception its kind alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import shared_task
from celery.signals import task_postrun, task_prerun
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connector.edge.tracing import provider, spans, tasks

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Collect what would be exported."""
    exporter, made = InMemorySpanExporter(), TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(spans, "IS_ON", True)
    monkeypatch.setattr(provider, "tracer", lambda: made.get_tracer("test"))
    return exporter


@pytest.fixture
def _tasks_traced(exported: InMemorySpanExporter) -> Iterator[None]:
    task_prerun.connect(tasks.begin)
    task_postrun.connect(tasks.end)
    yield
    task_prerun.disconnect(tasks.begin)
    task_postrun.disconnect(tasks.end)


@shared_task
def look_up() -> None:
    raise LookupError("s3cret")


def test_nothing_is_traced_until_an_endpoint_is_set() -> None:
    assert not spans.IS_ON
    with spans.span("a block") as span:
        assert span is None


def test_span_of_a_failure_tells_its_kind_and_not_its_message(exported: InMemorySpanExporter) -> None:
    with pytest.raises(LookupError), spans.span("a block"):
        raise LookupError("s3cret")
    (span,) = exported.get_finished_spans()
    assert span.status.description == "LookupError"
    assert "s3cret" not in span.to_json()


@pytest.mark.usefixtures("_tasks_traced")
def test_span_of_a_task_that_failed_tells_its_kind(exported: InMemorySpanExporter) -> None:
    look_up.apply()
    (span,) = exported.get_finished_spans()
    assert (span.name, span.status.description) == (look_up.name, "LookupError")
    assert "s3cret" not in span.to_json()


@pytest.mark.parametrize("header", ["", "garbage", "00-0-0-0", PARENT.replace("4", "z")])
def test_trace_that_cannot_be_read_is_a_new_one(exported: InMemorySpanExporter, header: str) -> None:
    with spans.request_span("request", {"HTTP_TRACEPARENT": header}):
        assert spans.parent_in_hand() is not None
    (span,) = exported.get_finished_spans()
    assert span.parent is None


def test_trace_goes_on_with_what_is_kept_of_it(exported: InMemorySpanExporter) -> None:
    with spans.request_span("request", {"HTTP_TRACEPARENT": PARENT}):
        kept = spans.parent_in_hand()
    with spans.span("later", after=kept):
        assert spans.trace_in_hand() == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_trace_that_is_not_sampled_is_not_kept(exported: InMemorySpanExporter) -> None:
    with spans.request_span("request", {"HTTP_TRACEPARENT": PARENT.removesuffix("1") + "0"}):
        assert spans.parent_in_hand() is None
    assert exported.get_finished_spans() == ()
