"""What the application stands on: workers are forked with it, read the rest in half the time, and share its memory.

The application is not read so (`preload_app`): SIGHUP would then not have it read anew, with its settings.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# None of these asks for settings, or keeps a connection or a file.
LIBRARIES = ("celery.app.base", "django.contrib.admin", "httpx", "psycopg", "redis", "structlog")


def read_for(application: str) -> Any:
    """Return a hook of gunicorn's that reads the libraries where this application is served, and not another."""

    def on_starting(server: Any) -> None:
        for library in LIBRARIES if server.app.app_uri == application else ():
            import_module(library)

    return on_starting
