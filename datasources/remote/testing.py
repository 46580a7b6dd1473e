"""Trying a data source: it is connected to and listed, and nothing is imported."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Any

from datasources.choosing import Choice, choose
from datasources.errors import SourceFailed
from datasources.importing.processors import PROCESSORS, processor_of
from datasources.models import DataSource
from datasources.remote.errors import RemoteFailed
from datasources.remote.listing import list_files
from datasources.remote.opening import open_remote

SHOWN = 1_000
_at_once = BoundedSemaphore(4)  # In a process: slow servers of partners must not have all threads wait for them.


def test(source: DataSource) -> dict[str, Any]:
    """Return what a run would import now.

    Raises:
        SourceFailed
    """
    if not _at_once.acquire(blocking=False):
        raise SourceFailed("Other data sources are tried just now; try again in a minute.")
    try:
        with open_remote(source) as remote:
            listing = list_files(remote, source)
    except RemoteFailed as exc:
        raise SourceFailed(str(exc)) from exc
    finally:
        _at_once.release()
    files = [told(source, choice) for choice in choose(source, listing.files)[:SHOWN]]
    refused = [{"name": name, "willImport": False, "reason": reason} for name, reason in listing.refused.items()]
    return {"found": listing.found, "files": [*files, *refused[:SHOWN]]}


def told(source: DataSource, choice: Choice) -> dict[str, Any]:
    entry = choice.entry
    processor = processor_of(source.processor_type, entry.name, source.file_patterns)
    kind = next((kind for kind, known in PROCESSORS.items() if known is processor), None)
    return {
        "name": entry.name,
        "size": entry.size,
        "modified": entry.modified and int(entry.modified.timestamp() * 1000),
        "processorType": kind,
        "willImport": choice.is_taken and kind is not None,
        "reason": choice.why if kind is not None else "Its name fits no pattern.",
    }
