"""The web server's own lines, from its first on: JSON where the settings will have it, and without what came."""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

from connector.edge.truth import truth
from connector.stack import credentials
from connector.stack.place import run_dir


class Lines(Logger):  # type: ignore[misc]  # It has no types.
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(UNQUOTED)
        for handler in self.error_log.handlers if is_json() else ():
            handler.setFormatter(Json())


def is_json() -> bool:
    """Tell what `LOG_JSON` will be of the settings, which this process never reads; what is wrong there they tell."""
    read = is_true(os.environ.get("DEBUG"), default=True)
    kept = credentials.read(run_dir() / "credentials") if read else {}
    debug = is_true(os.environ.get("DEBUG") or kept.get("DEBUG"), default=False)
    return is_true(os.environ.get("LOG_JSON"), default=not debug)


def is_true(text: str | None, *, default: bool) -> bool:
    try:
        return truth(text) if text else default
    except ValueError:
        return default


class Json(logging.Formatter):
    """Writes a line as the application does."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "event": record.getMessage(),
            "process": record.process,
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:  # Of the server or of the start; those of requests have their outline alone.
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)


class Unquoted(logging.Filter):
    """Has the server tell the kind and the place of a fault of a request: its own messages quote what came."""

    STARTS = ("Invalid request", "Error handling request", "Socket error")

    def filter(self, record: logging.LogRecord) -> bool:
        fault = sys.exception()
        if fault is not None and str(record.msg).startswith(self.STARTS):
            place = traceback.extract_tb(fault.__traceback__)[-1]
            told = f"request_refused: {type(fault).__name__} at {place.filename}:{place.lineno} {place.name}"
            record.msg, record.args, record.exc_info = told, (), None
        return True


UNQUOTED = Unquoted()
