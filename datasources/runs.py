"""Runs: a source's files are listed, the new and changed ones fetched and imported one by one, and told of by mail.

A run is worked at in slices, under a lease and without a transaction over the network. What it has done stands in
PostgreSQL after every step, so that the next slice, of whichever worker, goes on from there.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from connector.edge.encryption import Undecipherable
from connector.edge.errors import Unavailable
from connector.edge.logs import outline
from connector.edge.mail import NotSent
from datasources import counters, health, mails
from datasources.bringing import NOTES, bring
from datasources.choosing import choose, to_import
from datasources.errors import AlreadyRunning
from datasources.holding import LeaseLost, hold
from datasources.importing import copies
from datasources.models import DataSource, Import, ImportState, Run, RunState, Trigger
from datasources.remote.errors import IdentityChanged, RemoteFailed, Unreachable
from datasources.remote.listing import list_files
from datasources.remote.opening import Line, open_line
from sync.models.leased import LEASE
from sync.work.retry import Schedule, delay_after

log = structlog.get_logger(__name__)

SLICE = 25.0  # seconds; a silent server takes 15 s more, and the lease 60 s.
LOOKED_THROUGH = 10_000_000  # bytes a second, at the least
LONGEST_LEASE = timedelta(seconds=270)  # A task is ended by then.
LISTING_LEASE = timedelta(seconds=180)
CRASHES = 3  # of workers that had a run in hand
CUT_OFF = Schedule(first=2, longest=60, tries=5)  # in a row, without getting on
BREATH = timedelta(seconds=5)  # for the database
ENDED_WORKERS = "It ended the workers that were at it."


def ask_run(source: DataSource, trigger: Trigger = Trigger.HAND) -> Run:
    """Have a source looked at; whoever asks wakes workers after the commit.

    Raises:
        AlreadyRunning
    """
    columns = {"partner_id": source.partner_id, "trigger": trigger}
    run, is_new = Run.objects.open().get_or_create(source=source, defaults=columns)
    if not is_new:
        raise AlreadyRunning
    return run


def ask_again(import_: Import) -> Run:
    """Have an import that was held gone on with, in a run of its own."""
    run = Run.objects.create(partner_id=import_.partner_id, trigger=Trigger.HAND, state=RunState.IMPORTING)
    Import.objects.filter(pk=import_.pk).update(run=run)
    return run


def are_due() -> bool:
    return Run.objects.due().exists()


def work(seconds: float) -> bool:
    """Work at what is due; tell whether nothing is left, or else the time was up."""
    return Run.objects.work(seconds, go_on)


def work_at(run: Run) -> bool:
    """Work at this very run for a slice, unless somebody else does; tell whether it is done."""
    for claimed in Run.objects.due().filter(pk=run.pk).claim():
        go_on(claimed, time.monotonic() + SLICE)
    run.refresh_from_db()
    return run.state == RunState.DONE


def go_on(run: Run, until: float) -> None:
    """Do the next steps of a claimed run, and give it back."""
    try:
        advance(run, until)
    except LeaseLost:
        log.warning("run_lost", run=run.pk)


def advance(run: Run, until: float) -> None:
    """Do the next steps, and note what becomes of the run; raise LeaseLost."""
    try:
        if run.tries > CRASHES and run.state != RunState.REPORTING:
            give_up(run)
        is_left = step(run, until)
    except (Unreachable, NotSent) as exc:
        cut_off(run, exc)
    except RemoteFailed as exc:
        finish(run, str(exc), at_once=isinstance(exc, IdentityChanged))
    except Unavailable as exc:  # An operator has the entity take no writes, which is nothing of the source's.
        hold(run, due_at=Now() + timedelta(seconds=exc.retry_after), leased_until=None, tries=0)
    except Undecipherable:
        finish(run, "Its secrets can be read by none of FIELD_KEYS.")
    except (OperationalError, InterfaceError) as exc:  # Of our own database, for which nobody else is to blame.
        log.warning("run_waits", run=run.pk, **outline(exc))
        hold(run, due_at=Now() + BREATH, leased_until=None, tries=0)
    else:
        if is_left:
            hold(run, due_at=Now(), leased_until=None, tries=0, cuts=0)


def give_up(run: Run) -> None:
    """End what has ended its workers: the file that they had in hand, so that the others come, or else the run."""
    import_ = run.imports.unfinished().order_by("pk").first()
    if run.state != RunState.IMPORTING or import_ is None:
        finish(run, ENDED_WORKERS)
        return
    hold(run, tries=0)
    import_.end(ImportState.CANCELLED if import_.rows else ImportState.BAD_FORMAT, ENDED_WORKERS)


def step(run: Run, until: float) -> bool:
    """Take the run from state to state; tell whether something is left."""
    refuse_overdue(run)
    with open_line() as line:
        if run.state == RunState.LISTING:
            list_source(run, line)
        while run.state == RunState.IMPORTING and time.monotonic() < until:
            go_on_importing(run, line, until)
    if run.state == RunState.REPORTING:
        report(run)
    return run.state != RunState.DONE


def refuse_overdue(run: Run) -> None:
    hours = settings.CONNECTOR_RUN_HOURS
    if run.state in (RunState.LISTING, RunState.IMPORTING) and run.started_at < timezone.now() - timedelta(hours=hours):
        raise RemoteFailed(f"It took more than {hours} hours.")


def list_source(run: Run, line: Line) -> None:
    """Make an import of every file that is new or changed, up to so many; what an earlier run left comes first."""
    source = run.source
    assert source is not None  # noqa: S101 (an upload has nothing to list)
    DataSource.objects.filter(pk=source.pk).update(last_running_time=Now())
    hold(run, leased_until=Now() + LISTING_LEASE)
    listing = list_files(line.open(source), source)
    choices = [choice for choice in choose(source, listing.files) if choice.is_taken]
    taken, left = choices[: settings.CONNECTOR_RUN_FILES], choices[settings.CONNECTOR_RUN_FILES :]
    notes = dict(list(listing.refused.items())[:NOTES])
    if left:
        notes[f"{len(left)} more"] = "They are for the next run."
    with transaction.atomic():
        hold(run, state=RunState.IMPORTING, found=listing.found, notes=notes)
        source.imports.unfinished().update(run=run)
        for import_ in Import.objects.bulk_create(to_import(source, choice, run) for choice in taken):
            copies.forget(import_.pk)


def go_on_importing(run: Run, line: Line, until: float) -> None:
    import_ = run.imports.unfinished().select_related("data_source").order_by("pk").first()
    if import_ is None:
        finish(run)
        return
    hold(run, leased_until=Now() + lease_for(import_))
    bring(run, import_, line, until)


def lease_for(import_: Import) -> timedelta:
    """Return how long nobody else may take the run up: a large file is looked through in one go."""
    return min(LEASE + timedelta(seconds=import_.file_size / LOOKED_THROUGH), LONGEST_LEASE)


def report(run: Run) -> None:
    """Send the mails about the run, which end it."""
    told = mails.tell(run)
    hold(run, state=RunState.DONE, mail=told, due_at=None, leased_until=None, finished_at=Now())


def cut_off(run: Run, exc: Exception) -> None:
    """Have it gone on with a little later; give up when that has not helped some times in a row."""
    wait = delay_after(run.cuts + 1, schedule=CUT_OFF)
    if wait is not None:
        hold(run, due_at=Now() + wait, leased_until=None, tries=0, cuts=run.cuts + 1)
    elif run.state == RunState.REPORTING:
        hold(run, state=RunState.DONE, mail=str(exc), due_at=None, leased_until=None, finished_at=Now())
        mails.give_up()
    else:
        finish(run, str(exc))


@transaction.atomic
def finish(run: Run, failure: str = "", *, at_once: bool = False) -> None:
    """End what the run does at the source, which fares accordingly; what is left is to tell of it.

    The run first and its source afterwards, as when the source is taken away.
    """
    hold(run, state=RunState.REPORTING, failure=failure, cuts=0, due_at=Now(), leased_until=None, tries=0)
    transaction.on_commit(partial(tell_of_end, run, failed=bool(failure)))
    if run.source_id is None:
        for import_ in run.imports.unfinished():  # No later run of a source would take them up.
            import_.end(ImportState.CANCELLED, failure)
    elif not failure:
        health.succeeded(run.source_id)
    elif health.failed(run.source_id, failure, at_once=at_once):
        hold(run, has_paused=True)


def tell_of_end(run: Run, *, failed: bool) -> None:
    counters.runs.labels(run.trigger, "failed" if failed else "done").inc()
    say = log.warning if failed else log.info
    say("run_failed" if failed else "run_done", run=run.pk, source=run.source_id)
