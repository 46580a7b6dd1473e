"""What a mass-sync request is answered, by what it asks for."""

from __future__ import annotations

from sync.serving import changes, walks
from sync.serving.asked import Asked, Since
from sync.serving.cursors import PageOfWalk, Reader
from sync.serving.paging import Page
from sync.serving.served import Served
from sync.watching import metrics


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
