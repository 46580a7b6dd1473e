"""What a mass-sync request is answered, by what it asks for."""

from __future__ import annotations

from sync import changes, metrics, walks
from sync.asked import Asked, Since
from sync.cursors import PageOfWalk, Reader
from sync.paging import Page
from sync.served import Served


def serve(reader: Reader, asked: Asked) -> Served:
    """Return the page that is asked for."""
    served = page(reader, asked)
    metrics.pages.labels(reader.schema.name).inc()
    return served


def page(reader: Reader, asked: Asked) -> Served:
    if isinstance(asked, Page):
        return walks.serve(reader, asked)
    if isinstance(asked, PageOfWalk):
        return walks.go_on(reader, asked)
    if isinstance(asked, Since):
        return changes.begin(reader, asked)
    return changes.go_on(reader, asked)
