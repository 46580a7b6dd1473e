"""Runs of data sources against real servers: what is taken, what is left, and how a failing source fares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from datasources import bringing, health, runs, schedule, spool, tasks
from datasources.errors import AlreadyRunning
from datasources.holding import LeaseLost
from datasources.models import DataSource, Import, ImportState, Run, RunState
from datasources.remote.errors import FileGone
from entities.models import PartnerSale
from tests.datasources.factories import make_source
from tests.datasources.files import SALES, make_import
from tests.datasources.folders import Folder

pytestmark = pytest.mark.django_db
HEADER = "transactionId,credentialPrincipal,partnerSkuCode,quantity,amount,saleDate\n"


def sales(*numbers: int) -> bytes:
    return (HEADER + "".join(f"t{number},shop,sku,1,2.50,2026-01-31\n" for number in numbers)).encode()


def run_of(source: DataSource) -> Run:
    """Run a source to its end."""
    source.refresh_from_db()
    run = runs.ask_run(source)
    finish(run)
    return run


def finish(run: Run, slices: int = 20) -> None:
    """Work at a run slice by slice; waits are passed over, as the clock alone would do."""
    for _ in range(slices):
        Run.objects.open().filter(pk=run.pk).update(due_at=timezone.now())
        if runs.work_at(run):
            return
    raise AssertionError(f"{run} is not done")


def imported(run: Run) -> list[tuple[str, int]]:
    return list(run.imports.order_by("file_name").values_list("file_name", "rows_ok"))


def test_run_imports_every_file_of_the_folder(folder: Folder) -> None:
    folder.put("a.csv", sales(1, 2))
    folder.put("b.csv", sales(3))
    run = run_of(make_source(**folder.source))
    assert (run.failure, imported(run)) == ("", [("a.csv", 2), ("b.csv", 1)])
    assert PartnerSale.objects.count() == 3


def test_what_lies_there_from_before_a_restore_is_no_beginning_of_a_file(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    sftp.put("a.csv", sales(1))
    run_of(source)
    spool.path_of(Import.objects.get().pk + 1).write_bytes(sales(8))
    sftp.put("b.csv", sales(3, 4))
    assert imported(run_of(source)) == [("b.csv", 2)]
    assert sorted(PartnerSale.objects.values_list("transaction_id", flat=True)) == ["t1", "t3", "t4"]


def test_next_run_takes_what_is_new_or_changed_and_nothing_else(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    sftp.put("same.csv", sales(1))
    sftp.put("grows.csv", sales(2))
    run_of(source)
    sftp.put("grows.csv", sales(2, 3))
    sftp.put("new.csv", sales(4))
    assert imported(run_of(source)) == [("grows.csv", 2), ("new.csv", 1)]


def test_same_content_under_another_name_is_skipped_and_says_so(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    sftp.put("a.csv", sales(1))
    first = run_of(source).imports.get()
    sftp.put("b.csv", sales(1))
    again = run_of(source).imports.get()
    assert (again.state, again.rows_ok) == (ImportState.PROCESSED, 0)
    assert str(first.pk) in again.reason


@pytest.mark.parametrize("old", ["Invoice", "transactionId"], ids=["refused as a whole", "every row refused"])
def test_file_of_which_nothing_was_stored_is_read_again_when_the_source_says_how(sftp: Folder, old: str) -> None:
    source = make_source(**sftp.source)
    sftp.put("a.csv", sales(1).replace(b"transactionId", old.encode()).replace(b"2026-01-31", b"31.01.2026"))
    assert imported(run_of(source)) == [("a.csv", 0)]
    assert imported(run_of(source)) == []
    DataSource.objects.update(column_mapping={"transactionId": old}, date_format="%d.%m.%Y")
    assert imported(run_of(source)) == [("a.csv", 1)]
    DataSource.objects.update(decimal_comma=True)
    assert imported(run_of(source)) == []


@pytest.mark.parametrize(
    ("days", "count"), [(None, 0), (-1, 1), (1, 1), (0, 0)], ids=["never", "always", "recent", "old"]
)
def test_files_are_read_again_as_the_source_says(sftp: Folder, days: int | None, count: int) -> None:
    source = make_source(**sftp.source, reprocessing_days=days)
    sftp.put("a.csv", sales(1))
    run_of(source)
    assert run_of(source).imports.count() == count


def test_file_that_vanishes_is_told_and_holds_up_no_other(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    sftp.put("a.csv", sales(1))
    run = runs.ask_run(source)
    Import.objects.create(**left_by(source, run))
    finish(run)
    assert imported(run) == [("a.csv", 1)]
    assert run.notes == {"gone.csv": "It vanished before it was fetched."}


def left_by(source: DataSource, run: Run) -> dict[str, Any]:
    """Return an import of a file that is not there any more, as an earlier run may leave one."""
    file = {"file_name": "gone.csv", "remote_path": "/sales/gone.csv", "remote_size": 9}
    return {"partner": source.partner, "data_source": source, "run": run, "processor_type": 25011, **file}


def test_cut_off_run_goes_on_from_there(folder: Folder) -> None:
    folder.put("a.csv", sales(*range(20_000)))
    folder.cuts.append(300_000)
    run = run_of(make_source(**folder.source))
    assert (run.failure, imported(run)) == ("", [("a.csv", 20_000)])
    assert PartnerSale.objects.count() == 20_000


def test_run_takes_no_more_files_than_its_limit_and_the_next_one_goes_on(sftp: Folder, settings: Any) -> None:
    settings.CONNECTOR_RUN_FILES = 2
    source = make_source(**sftp.source)
    for number in range(3):
        sftp.put(f"{number}.csv", sales(number))
    run = run_of(source)
    assert (run.imports.count(), run.notes) == (2, {"1 more": "They are for the next run."})
    assert imported(run_of(source)) == [("2.csv", 1)]


# Never two at once


def test_source_is_not_run_twice_at_once(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    runs.ask_run(source)
    with pytest.raises(AlreadyRunning):
        runs.ask_run(source)


def test_run_in_other_hands_is_left_alone(sftp: Folder) -> None:
    run = runs.ask_run(make_source(**sftp.source))
    Run.objects.due().claim()
    assert not runs.work_at(run)
    assert run.state == RunState.LISTING


def test_run_whose_worker_died_is_gone_on_with(sftp: Folder) -> None:
    run = runs.ask_run(make_source(**sftp.source))
    Run.objects.due().claim()
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert runs.work_at(run)


def test_run_that_ends_its_workers_is_given_up(sftp: Folder) -> None:
    run = runs.ask_run(make_source(**sftp.source))
    Run.objects.update(tries=runs.CRASHES)
    finish(run)
    assert run.failure == "It ended the workers that were at it."


def test_file_that_ends_its_workers_is_given_up_and_the_others_are_imported(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    run = runs.ask_run(source)
    left = Import.objects.create(**left_by(source, run))
    sftp.put("good.csv", sales(1))
    Run.objects.update(state=RunState.IMPORTING, tries=runs.CRASHES)
    finish(run)
    left.refresh_from_db()
    assert (run.failure, left.state, left.reason) == ("", ImportState.BAD_FORMAT, runs.ENDED_WORKERS)
    assert imported(run_of(source)) == [("good.csv", 1)]


def test_upload_whose_run_fails_is_left_to_nobody(settings: Any) -> None:
    import_ = make_import(SALES)
    Run.objects.update(started_at=timezone.now() - timedelta(hours=settings.CONNECTOR_RUN_HOURS, seconds=1))
    finish(import_.run)
    import_.refresh_from_db()
    assert (import_.state, import_.reason) == (ImportState.CANCELLED, "It took more than 12 hours.")


def test_import_of_no_source_whose_file_is_gone_ends() -> None:
    import_ = make_import(SALES)
    spool.remove(import_.pk)
    finish(import_.run, slices=1)
    import_.refresh_from_db()
    assert (import_.state, import_.reason) == (ImportState.CANCELLED, bringing.LOST)


def test_run_that_was_lost_to_another_leaves_what_that_has_begun(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    import_ = Import.objects.create(**left_by(source, runs.ask_run(source)))
    spool.path_of(import_.pk).write_bytes(b"its beginning")
    (mine,) = Run.objects.due().claim()
    Run.objects.update(leased_until=None)
    Run.objects.due().claim()
    with pytest.raises(LeaseLost):
        bringing.leave(mine, import_, FileGone("It is gone."))
    assert Import.objects.exists()
    assert spool.path_of(import_.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_run_waits_for_a_database_that_cannot_do_it_now() -> None:
    import_ = make_import(sales(1))
    with impatient(), locked(PartnerSale):
        assert not runs.work_at(import_.run)
    assert (import_.run.tries, import_.run.leased_until, import_.run.due_at > timezone.now()) == (0, None, True)
    finish(import_.run)
    assert imported(import_.run) == [("sales.csv", 1)]


@contextmanager
def impatient() -> Iterator[None]:
    """Have no connection wait for a lock for longer than a moment: rows are written through others than this one, too."""
    options = connection.settings_dict["OPTIONS"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(options, "options", f"{options['options']} -c lock_timeout=20ms")
        connection.close()
        yield
    connection.close()


@contextmanager
def locked(model: type[Model]) -> Iterator[None]:
    """Hold the table of a model in another connection."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        other.cursor().execute(f"LOCK TABLE {model._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        other.close()


def test_source_whose_secrets_cannot_be_read_is_not_asked_for_ever(settings: Any) -> None:
    source_id = make_source(failures=health.FAILURES - 1).pk
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    settings.EMAIL_URL_IS_SET = True
    assert schedule.begin(source_id)
    run = Run.objects.get()
    finish(run, slices=2)
    assert (run.failure, run.has_paused) == ("Its secrets can be read by none of FIELD_KEYS.", True)
    assert run.mail == "Nobody is to be told."


def test_run_that_was_lost_to_another_writes_nothing(sftp: Folder) -> None:
    sftp.put("a.csv", sales(1))
    run = runs.ask_run(make_source(**sftp.source))
    (mine,) = Run.objects.due().claim()
    Run.objects.update(leased_until=None)
    Run.objects.due().claim()
    runs.go_on(mine, float("inf"))
    run.refresh_from_db()
    assert (run.state, Import.objects.count()) == (RunState.LISTING, 0)


def test_run_that_takes_too_long_fails(sftp: Folder, settings: Any) -> None:
    run = runs.ask_run(make_source(**sftp.source))
    Run.objects.update(started_at=timezone.now() - timedelta(hours=settings.CONNECTOR_RUN_HOURS, seconds=1))
    finish(run)
    assert run.failure == "It took more than 12 hours."


# A failing source


def fail(source: DataSource, times: int) -> DataSource:
    for _ in range(times):
        assert run_of(source).failure
    source.refresh_from_db()
    return source


def test_failing_source_backs_off_and_is_paused_after_5_failures(sftp: Folder) -> None:
    source = make_source(**sftp.source, password="another")
    fail(source, 4)
    assert (source.failures, source.paused_at) == (4, None)
    assert source.next_try_at > timezone.now() + timedelta(minutes=10)
    fail(source, 1)
    assert (source.failures, source.next_try_at, source.paused_at is None) == (5, None, False)
    assert source.paused_reason == "The server refuses the user, the password or the key."


def test_success_forgets_failures(sftp: Folder) -> None:
    source = make_source(**sftp.source, failures=4, next_try_at=timezone.now())
    run_of(source)
    source.refresh_from_db()
    assert (source.failures, source.next_try_at) == (0, None)


def test_changed_host_key_stops_the_source_at_once(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    run_of(source)
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGmZ5xv0XyX0XyX0XyX0XyX0XyX0XyX0XyX0XyX0XyX0"
    DataSource.objects.update(host_key=other)
    fail(source, 1)
    assert source.paused_reason == "The server has another key than at the first connection."


def test_resumed_source_starts_anew(sftp: Folder) -> None:
    source = fail(make_source(**sftp.source, password="another", failures=4), 1)
    assert health.resume(source)
    assert not health.resume(source)
    source.refresh_from_db()
    assert (source.failures, source.paused_at, source.paused_reason) == (0, None, "")


# Its schedule


@pytest.mark.parametrize(
    ("columns", "begins"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"paused_at": timezone.now()}, False),
        ({"next_try_at": timezone.now() + timedelta(hours=9)}, False),
        ({"next_try_at": timezone.now() - timedelta(hours=9)}, True),
    ],
    ids=["free", "switched off", "paused", "backing off", "rested"],
)
def test_schedule_begins_a_run_of_a_source_that_may(columns: dict[str, Any], *, begins: bool) -> None:
    assert schedule.begin(make_source(**columns).pk) is begins
    assert Run.objects.exists() is begins


def test_schedule_leaves_a_run_that_is_under_way_alone() -> None:
    source = make_source()
    assert [schedule.begin(source.pk), schedule.begin(source.pk)] == [True, False]


def test_source_of_a_partner_that_is_not_active_is_not_run() -> None:
    source = make_source()
    source.partner.status = "suspended"
    source.partner.save()
    assert not schedule.begin(source.pk)


@pytest.mark.parametrize(("size", "seconds"), [(1_000, 60), (1_000_000_000, 160), (20_000_000_000, 270)])
def test_large_file_is_held_longer_but_never_beyond_the_end_of_its_task(size: int, seconds: int) -> None:
    assert round(runs.lease_for(Import(file_size=size)).total_seconds()) == seconds
    assert runs.LONGEST_LEASE.total_seconds() <= tasks.work.time_limit
