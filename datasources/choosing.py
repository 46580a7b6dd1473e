"""Which files of a listing are taken: new ones, changed ones, and those that the source wants read again.

A file of which nothing could be stored is taken once more when the source says in another way how files are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from datasources.models import DataSource, Import, Run
from datasources.models.import_ import READ_AS, ImportState
from datasources.remote.entries import Entry

NEW, CHANGED, AGAIN, KNOWN = "new", "changed", "read again", "imported before"
OTHERWISE = "nothing of it was stored, and the source reads files in another way now"
ALWAYS = -1


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was imported last, and how, if nothing of it was stored."""

    size: int | None
    modified: datetime | None
    read_as: tuple[Any, ...] | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Seen:
        was_read = row["state"] in (ImportState.BAD_FORMAT, ImportState.PROCESSED)
        is_stored = row["rows_ok"] or row["rows_skipped"]
        read_as = tuple(row[name] for name in READ_AS) if was_read and not is_stored else None
        return cls(row["remote_size"], row["remote_modified"], read_as)


@dataclass(frozen=True, slots=True)
class Choice:
    """A file, and why it is taken or not."""

    entry: Entry
    why: str

    @property
    def is_taken(self) -> bool:
        return self.why != KNOWN


def choose(source: DataSource, entries: Iterable[Entry]) -> list[Choice]:
    """Return every file with what speaks for it, by what the imports before tell of the same path."""
    seen = last_seen(source)
    return [Choice(entry, why(source, entry, seen.get(entry.path))) for entry in entries]


def last_seen(source: DataSource) -> dict[str, Seen]:
    """Return every file as it was imported last; what was cancelled counts as well."""
    newest = source.imports.order_by("remote_path", "-pk").distinct("remote_path")
    columns = ("remote_size", "remote_modified", "state", "rows_ok", "rows_skipped", *READ_AS)
    return {row["remote_path"]: Seen.of(row) for row in newest.values("remote_path", *columns).iterator()}


def why(source: DataSource, entry: Entry, seen: Seen | None) -> str:
    if seen is None:
        return NEW
    if (seen.size, seen.modified) != (entry.size, entry.modified):
        return CHANGED
    if seen.read_as not in (None, tuple(getattr(source, name) for name in READ_AS)):
        return OTHERWISE
    return AGAIN if is_reprocessed(source.reprocessing_days, entry.modified) else KNOWN


def is_reprocessed(days: int | None, modified: datetime | None) -> bool:
    """Tell whether a file that did not change is read again; one without a time is as good as new."""
    if days is None:
        return False
    return days == ALWAYS or modified is None or modified > timezone.now() - timedelta(days=days)


def to_import(source: DataSource, choice: Choice, run: Run) -> Import:
    """Return the import of a file that is taken, to be saved."""
    entry = choice.entry
    return Import.of_source(
        source,
        run=run,
        name=entry.name,
        file_name=entry.name,
        file_size=entry.size,
        remote_path=entry.path,
        remote_size=entry.size,
        remote_modified=entry.modified,
        is_again=choice.why == AGAIN,
        state=ImportState.WAITING,
    )
