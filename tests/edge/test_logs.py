"""What libraries log of an exception: its kind and its place, and nothing that it says."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
import structlog

from connector.edge.logs import TaskNamed, Unquoted, line_for_each, standard_library

RENDERERS = {"json": structlog.processors.JSONRenderer(), "console": structlog.dev.ConsoleRenderer(colors=False)}


def record_of(message: str, *args: Any, **extra: Any) -> logging.LogRecord:
    """Return the record of a library that logs an exception with a secret in it."""
    secret = "s3cret"
    try:
        raise LookupError(secret)
    except LookupError:
        record = logging.LogRecord("library", logging.ERROR, __file__, 1, message, args, sys.exc_info())
    record.__dict__.update(extra)
    return record


@pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
def test_exception_of_a_library_is_outlined(renderer: Any) -> None:
    options = standard_library(renderer)["formatters"]["event"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=options["processors"], foreign_pre_chain=options["foreign_pre_chain"]
    )
    text = formatter.format(record_of("it failed"))
    assert "it failed" in text
    assert "LookupError" in text
    assert "test_logs.py" in text
    assert "s3cret" not in text


def test_failed_task_is_named_and_not_quoted() -> None:
    record = record_of("Task %(name)s raised %(exc)s", {"name": "a.task", "exc": "s3cret"}, data={"name": "a.task"})
    assert TaskNamed().filter(record)
    assert record.getMessage() == "task_failed: a.task"


def test_exporter_tells_what_happened_without_its_values() -> None:
    record = record_of("Failed to export %s batch to %s after %.2fs", "span", "https://s3cret@collector", 1.5)
    assert Unquoted().filter(record)
    assert record.getMessage() == "Failed to export ... batch to ... after ...s"


def test_lines_that_have_much_in_common_are_written_one_by_one() -> None:
    render = line_for_each(RENDERERS["json"])
    lines = render(None, "info", {"event": "done", "each": [{"number": 1}, {"number": 2}]}).splitlines()
    assert [json.loads(line) for line in lines] == [{"event": "done", "number": 1}, {"event": "done", "number": 2}]
