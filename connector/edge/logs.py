"""One line for each event; no payload, no secret, no exception message (a database's quotes the row)."""

from __future__ import annotations

import logging.config
import os
import re
import traceback
from logging import LogRecord
from typing import Any

import structlog
from django.conf import settings

STDERR = 2
VALUE = re.compile(r"%[\d.]*[a-z]")
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Send structlog and the standard library's loggers through one renderer to standard error."""
    renderer = structlog.processors.JSONRenderer() if settings.LOG_JSON else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_library(renderer))
    logging.captureWarnings(True)  # noqa: FBT003 (the library's)


def say(text: str, _file: object = None) -> None:
    """Write a line at once, also within a signal, where the line that it interrupts may have the stream in hand."""
    record = logging.makeLogRecord({"name": __name__, "levelname": "INFO", "levelno": logging.INFO, "msg": text})
    for handler in logging.getLogger().handlers:
        os.write(STDERR, f"{handler.format(record)}\n".encode())


def standard_library(renderer: Any) -> dict[str, Any]:
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [outlined, structlog.stdlib.ProcessorFormatter.remove_processors_meta, line_for_each(renderer)],
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": formatter},
        "filters": {"task": {"()": TaskNamed}, "unquoted": {"()": Unquoted}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": settings.LOG_LEVEL},
        "loggers": {
            # Django's own line for a 4xx or 5xx repeats ours and quotes the exception.
            "django.request": {"level": "CRITICAL"},
            # A line for each request to Dsync is no news, and its debugging quotes answers.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            # Who signs in where is no news; their debugging quotes requests.
            "asyncssh": {"level": "WARNING"},
            "aiobotocore": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            # Each sign-in has a row; its lines tell stars.
            "axes": {"level": "WARNING"},
            # What an exporter could not tell, without where that is: its address may hold a token.
            "opentelemetry.exporter.otlp.proto.http.trace_exporter": {"filters": ["unquoted"]},
            # A heartbeat every few seconds is no news.
            "celery.app.trace": {"level": "WARNING", "filters": ["task"]},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.worker.request": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }


class TaskNamed(logging.Filter):
    """Has Celery tell which task failed, and not what its exception says."""

    def filter(self, record: LogRecord) -> bool:
        if hasattr(record, "data"):
            record.msg, record.args = "task_failed: %s", (record.data.get("name"),)
        return True


class Unquoted(logging.Filter):
    """Has a library say what happened without the values of it."""

    def filter(self, record: LogRecord) -> bool:
        record.msg, record.args = VALUE.sub("...", str(record.msg)), ()
        return True


def line_for_each(renderer: Any) -> Any:
    """Return a renderer of lines that have all but `each` in common: they are written at once."""

    def rendered(logger: Any, method: str, event: dict[str, Any]) -> str:
        each = event.pop("each", None)
        if each is None:
            return str(renderer(logger, method, event))
        return "\n".join(str(renderer(logger, method, {**event, **own})) for own in each)

    return rendered


def outlined(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Put its outline in the place of an exception that a library logs."""
    exc_info = event.pop("exc_info", None)
    if isinstance(exc_info, tuple) and exc_info[1] is not None:
        event.update(outline(exc_info[1]))
    return event


def outline(exc: BaseException) -> dict[str, Any]:
    """Return what may be logged of an exception: its type, the database's code and where it was raised."""
    frames = traceback.extract_tb(exc.__traceback__)[-6:]
    cause = exc.__cause__
    return {
        "error": type(exc).__name__,
        "sqlstate": getattr(cause, "sqlstate", None),
        "raised_at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
