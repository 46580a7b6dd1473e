"""What became of files is forgotten by age, but not that they were imported."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from datasources import retention, spool
from datasources.choosing import choose
from datasources.models import DataSource, Import, ImportState, Reject, Run
from datasources.remote.entries import Entry
from sync.applying import dispatcher
from tests.datasources.factories import make_source
from tests.datasources.files import make_import

pytestmark = pytest.mark.django_db


def ended(days: int = 91, state: ImportState = ImportState.PROCESSED, **fields: Any) -> Import:
    """Return an import that has ended so many days ago, with a reject, a file and a run."""
    import_ = make_import("x", state=state, **fields)
    Reject.objects.create(of_import=import_, row=2, code="required", reason="x")
    then = Now() - timedelta(days=days)
    Import.objects.filter(pk=import_.pk).update(import_date=then)
    Run.objects.filter(pk=import_.run_id).update(state="done", finished_at=then, due_at=None)
    return import_


def left() -> tuple[int, int, int, int]:
    """Return how many imports, rejects, runs and files there are."""
    tables = (Import, Reject, Run)
    imports, rejects, runs = (table.objects.count() for table in tables)
    return imports, rejects, runs, len(list(spool.folder().iterdir()))


def test_old_imports_go_with_all_that_they_have_left() -> None:
    for state in (ImportState.PROCESSED, ImportState.BAD_FORMAT, ImportState.CANCELLED):
        ended(state=state)
    assert sum(retention.prune()) == 3
    assert left() == (0, 0, 0, 0)


@pytest.mark.parametrize(("days", "setting"), [(89, 90), (9999, 0)], ids=["young", "all are kept"])
def test_other_imports_stay(days: int, setting: int, settings: Any) -> None:
    settings.CONNECTOR_IMPORT_DAYS = setting
    ended(days)
    assert list(retention.prune()) == []
    assert left() == (1, 1, 1, 1)


@pytest.mark.parametrize("state", [ImportState.WAITING, ImportState.PROCESSING, ImportState.PENDING])
def test_import_that_has_not_ended_is_never_forgotten(state: ImportState) -> None:
    import_ = make_import("x", state=state)
    Import.objects.update(created_at=Now() - timedelta(days=9999))
    os.utime(spool.path_of(import_.pk), (0, 0))
    list(retention.prune())
    retention.sweep(90)
    assert left() == (1, 0, 1, 1)


def of_file(source: DataSource, path: str, days: int = 91) -> Import:
    return ended(days, partner=source.partner, data_source=source, remote_path=path, remote_size=7)


def test_last_import_of_each_file_of_a_source_is_remembered() -> None:
    source = make_source()
    for path in ("/sales/a", "/sales/b", "/sales/b"):
        of_file(source, path)
    list(retention.prune())
    assert list(source.imports.order_by("pk").values_list("remote_path", "run")) == [
        ("/sales/a", None),
        ("/sales/b", None),
    ]
    assert left() == (2, 0, 0, 0)
    assert [choice.why for choice in choose(source, [Entry("/sales/a", 7, None)])] == ["imported before"]


def test_what_is_remembered_of_a_file_gives_way_to_what_is_younger() -> None:
    source = make_source()
    of_file(source, "/sales/a")
    list(retention.prune())
    younger = of_file(source, "/sales/a")
    list(retention.prune())
    assert Import.objects.get() == younger


def test_rejects_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "REJECTS", 2)
    import_ = ended()
    for row in range(3, 6):
        Reject.objects.create(of_import=import_, row=row, code="required", reason="x")
    batches = retention.prune()
    assert (next(batches), Reject.objects.count()) == (0, 2)
    assert sum(batches) == 1
    assert left() == (0, 0, 0, 0)


def test_dispatcher_forgets_a_batch() -> None:
    ended()
    dispatcher.prune_some()
    assert not Import.objects.exists()


@pytest.mark.parametrize(("days", "stays"), [(89, True), (91, False)])
@pytest.mark.parametrize("name", ["upload-0f", "import-999999", "import-999999.rows", "import-x"])
def test_what_killed_processes_leave_in_the_spool_is_swept(name: str, days: int, *, stays: bool) -> None:
    path = spool.folder() / name
    path.touch()
    then = time.time() - days * retention.DAY
    os.utime(path, (then, then))
    retention.sweep(90)
    assert path.exists() is stays


def test_folder_that_a_killed_process_left_is_swept() -> None:
    path = spool.folder() / "tmpabc"
    path.mkdir()
    (path / "file").touch()
    os.utime(path, (0, 0))
    retention.sweep(90)
    assert not path.exists()


def test_file_that_cannot_be_removed_holds_up_nothing(settings: Any, tmp_path: Any) -> None:
    ended()
    settings.CONNECTOR_SPOOL_DIR = tmp_path / "file"
    settings.CONNECTOR_SPOOL_DIR.touch()
    dispatcher.prune_some()
    assert Import.objects.exists()
