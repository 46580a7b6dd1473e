"""Importing a file from recovery point to recovery point: who goes on begins where the last chunk was committed."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasources import spool
from datasources.importing import chunks, copies, scanning
from datasources.importing.chunks import Importer
from datasources.importing.errors import BadFile, Doubtful
from datasources.importing.hands import Queue, share
from datasources.importing.header import read_header
from datasources.importing.judging import Judge, client_number
from datasources.importing.ours import work as ours
from datasources.importing.repeats import Repeats
from datasources.importing.rows import Reader, Way
from datasources.importing.sorting import Sorter
from datasources.importing.table import Table
from datasources.importing.turns import Overtaken
from datasources.importing.writing import Writer
from datasources.models import Import, ImportState

SHORT = 0.0005  # seconds


def go_on(import_id: int, seconds: float = 20) -> bool:
    """Go on with an import until it ends or the time is up; tell whether it needs no more of it.

    Raises:
        Gone: its file is not in the spool.
        Unavailable: an operator has the entity take no writes.
        DatabaseError: the chunk at hand is not done; it may be tried again.
    """
    until = time.monotonic() + seconds
    import_ = Import.objects.get(pk=import_id)
    try:
        with undisturbed():
            steps = ours.go_on if import_.partner_id is None else steps_of_partners
            steps(import_, until)
    except BadFile as exc:
        import_.end(ImportState.BAD_FORMAT, str(exc))
    except Doubtful as exc:
        import_.move(ImportState.WAITING, state=ImportState.PENDING, reason=str(exc))
    if import_.is_finished:
        copies.remove(spool.path_of(import_id))
    return import_.is_finished


def steps_of_partners(import_: Import, until: float) -> None:
    if import_.state == ImportState.WAITING:
        scanning.look_through(import_)
    if import_.state == ImportState.PROCESSING:
        import_rows(import_, until)


def import_rows(import_: Import, until: float) -> None:
    """Import chunk after chunk until the file's end, or until the time is up."""
    path = spool.path_of(import_.pk)
    copy = readable(import_, path)
    with Table(copy, import_.delimiter) as top:
        header = read_header(top.header(), Way.of(import_).schema, Way.of(import_).processor, import_.column_mapping)
    reader = Reader(Way.of(import_), header)
    judge = Judge(reader, client_number(), f"import-{import_.pk}")
    sorter = Sorter(reader, judge)
    importer = Importer(import_, Writer(import_, sorter), Repeats(copies.repeats_of(path)))
    with Table(copy, import_.delimiter, import_.offset, import_.position) as table:
        queue = Queue((sorter.sort(chunk) for chunk in table.chunks(chunks.AT_ONCE)), until)
        try:
            share(queue, importer.apply)
        except Overtaken:
            import_.refresh_from_db()
            return
    if queue.is_empty:
        import_.end(ImportState.PROCESSED)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Have the database wait for nothing of Python's own.

    The collector of cycles is off: rows have none, and for a few hundred of them it looks at all of Django. And whoever
    has an answer of the database goes on at once, not when the thread that reads has had its usual 5 ms.
    """
    was_on, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SHORT)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if was_on:
            gc.enable()


def readable(import_: Import, path: Path) -> Path:
    """Return the copy that is read; what was made beside the file is made again where it is gone."""
    if not path.exists():
        raise spool.Gone
    if not copies.repeats_of(path).exists():
        scanning.read(Import.objects.get(pk=import_.pk), path)
    return copies.made(path)
