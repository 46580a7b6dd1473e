"""Bringing one import to its end: its file is fetched into the spool, then its rows are imported."""

from __future__ import annotations

import time

from datasources import spool
from datasources.holding import hold
from datasources.importing.work import go_on
from datasources.models import Import, Run
from datasources.models.import_ import UNFINISHED, ImportState
from datasources.remote.entries import Entry
from datasources.remote.errors import FileChanged, FileFailed, FileTooLarge, Unreachable
from datasources.remote.fetching import fetch
from datasources.remote.opening import Line

LOST = "The file is gone from the spool, and there is no source to fetch it from again."
DIFFERENT = "The file at the source is another one by now; what was imported of it stays."
NOTES = 500  # of a run


def bring(run: Run, import_: Import, line: Line, until: float) -> bool:
    """Take an import further; tell whether it is over, or else the time was up.

    Raises:
        RemoteFailed
    """
    try:
        if not is_spooled(import_) and not fetch_whole(run, import_, line, until):
            return False
        return go_on(import_.pk, max(1.0, until - time.monotonic()))
    except spool.Gone:
        return False  # The next step fetches it again.
    except FileFailed as exc:
        leave(run, import_, exc)
        return True


def is_spooled(import_: Import) -> bool:
    return bool(import_.digest) and spool.path_of(import_.pk).exists()


def fetch_whole(run: Run, import_: Import, line: Line, until: float) -> bool:
    """Go on fetching; tell whether the file is whole."""
    path = spool.path_of(import_.pk)
    if import_.data_source is None:
        return path.exists() or not import_.end(ImportState.CANCELLED, LOST)
    before = path.stat().st_size if path.exists() else 0
    try:
        is_whole = fetch(line.open(import_.data_source), entry_of(import_), path, until=until)
    except Unreachable:
        if path.exists() and path.stat().st_size > before:
            run.cuts = 0  # It gets on, if slowly.
        raise
    return is_whole and settle_digest(import_)


def entry_of(import_: Import) -> Entry:
    return Entry(import_.remote_path, import_.remote_size or 0, import_.remote_modified)


def settle_digest(import_: Import) -> bool:
    """Note what the content is; what was begun may be gone on with only by the same content."""
    digest = spool.digest_of(spool.path_of(import_.pk))
    if import_.digest not in ("", digest):
        raise FileChanged(DIFFERENT)
    return import_.move(*UNFINISHED, digest=digest)


def leave(run: Run, import_: Import, exc: FileFailed) -> None:
    """Let a file be: one that was not begun is forgotten, so that a later run takes it up; the run notes why.

    Raises:
        LeaseLost: it is in other hands, which may have begun it.
    """
    hold(run, notes={**dict(list(run.notes.items())[-NOTES:]), import_.file_name: str(exc)})
    spool.remove(import_.pk)
    if isinstance(exc, FileTooLarge):
        import_.end(ImportState.BAD_FORMAT, str(exc))
    elif import_.rows:
        import_.end(ImportState.CANCELLED, DIFFERENT)
    else:
        import_.delete()
