from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is asked of the tables of this room.

    Tokens and allowances are forgotten after a few seconds and asked for again, whatever a test does.
    """
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.extend(query["sql"] for query in queries if '"partners_' in query["sql"])
