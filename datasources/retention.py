"""Removing by age: what became of old files, the files themselves, and the runs that brought them.

Of each file of a source the last import stays, without its rejects and its file: it tells that the file was imported,
which may lie in its folder for ever.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from datasources import spool
from datasources.importing import copies
from datasources.models import Import, Reject, Run, RunState
from sync.keeping.pruning import Kind, register
from sync.work.pace import Pace

BATCH = 500  # imports or runs
REJECTS = 5_000
DAY = 24 * 60 * 60
SWEEPING = Pace(60 * 60)


def prune(days: int | None = None) -> Iterator[int]:
    """Forget finished imports older than so many days, and yield how many each batch had; 0 days keeps all."""
    days = settings.CONNECTOR_IMPORT_DAYS if days is None else days
    while days and old_imports(days).exists():
        yield forget_batch(days)
    while days and (numbers := list(old_runs(days).values_list("pk", flat=True)[:BATCH])):
        Run.objects.filter(pk__in=numbers).delete()
        yield 0
    if days and SWEEPING.is_due():
        sweep(days)


def countable(days: int | None = None) -> int:
    """Return how many imports have ended, are older than so many days, and are not forgotten yet."""
    days = settings.CONNECTOR_IMPORT_DAYS if days is None else days
    return old_imports(days).count() if days else 0


def old_imports(days: int) -> QuerySet[Import]:
    return Import.objects.ended().filter(forgotten_at=None, import_date__lt=Now() - timedelta(days=days))


def old_runs(days: int) -> QuerySet[Run]:
    return Run.objects.filter(state=RunState.DONE, finished_at__lt=Now() - timedelta(days=days))


@transaction.atomic
def forget_batch(days: int) -> int:
    """Remove what old imports have left, or a part of their rejects, and return how many are done with."""
    batch = old_imports(days).order_by("import_date").select_for_update(skip_locked=True)[:BATCH]
    numbers = [import_.pk for import_ in batch]
    if remove_rejects(numbers) == REJECTS:
        return 0
    for number in numbers:
        copies.forget(number)
    Import.objects.filter(pk__in=numbers).update(forgotten_at=Now(), preview=None)
    needless(numbers).delete()
    return len(numbers)


def remove_rejects(numbers: Collection[int]) -> int:
    table = connection.ops.quote_name(Reject._meta.db_table)
    some = f"SELECT id FROM {table} WHERE import_id = ANY(%s) LIMIT %s"  # noqa: S608 (the name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({some})", [list(numbers), REJECTS])  # noqa: S608
        return int(cursor.rowcount)


def needless(numbers: Collection[int]) -> QuerySet[Import]:
    """Return the forgotten imports that tell nothing: uploads, and those of files that were imported again later."""
    sources = Import.objects.filter(pk__in=numbers).values("data_source")
    later = Import.objects.filter(
        data_source=OuterRef("data_source"), remote_path=OuterRef("remote_path"), pk__gt=OuterRef("pk")
    )
    forgotten = Import.objects.filter(forgotten_at__isnull=False)
    return forgotten.filter(Q(data_source=None) | Q(Exists(later), data_source__in=sources))


def sweep(days: int) -> None:
    """Remove what has lain in the spool for as long and is of no import any more, such as killed processes leave."""
    for path in spool.folder().iterdir():
        with suppress(FileNotFoundError):  # Somebody else was quicker.
            if path.lstat().st_mtime < time.time() - days * DAY and not is_wanted(path):
                remove(path)


def is_wanted(path: Path) -> bool:
    number = spool.number_of(path)
    return number is not None and Import.objects.filter(pk=number, forgotten_at=None).exists()


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


register(Kind("imports", countable, prune))
