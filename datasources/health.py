"""How a source fares: it backs off after a failure, and is paused after some in a row."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from datasources.models import DataSource
from sync.work.retry import Schedule, delay_after

FAILURES = 5  # in a row
BACKING_OFF = Schedule(first=5 * 60, longest=6 * 60 * 60, tries=FAILURES)


def succeeded(source_id: int) -> None:
    DataSource.objects.filter(pk=source_id).update(failures=0, next_try_at=None)


@transaction.atomic
def failed(source_id: int, reason: str, *, at_once: bool) -> bool:
    """Note one more failure of a run, and tell whether the source is paused for it; `at_once` pauses at the first."""
    source = DataSource.objects.filter(pk=source_id)
    before = source.select_for_update(no_key=True).values_list("failures", flat=True).first()
    if before is None:  # It was taken away.
        return False
    wait = None if at_once else delay_after(before + 1, schedule=BACKING_OFF)
    source.update(failures=before + 1, next_try_at=None if wait is None else Now() + wait)
    return wait is None and pause(source_id, reason)


def pause(source_id: int, reason: str) -> bool:
    """Have no schedule run it until a person resumes it; tell whether it was not paused already."""
    running = DataSource.objects.filter(pk=source_id, paused_at=None)
    return running.update(paused_at=Now(), paused_reason=reason[:500]) == 1


def resume(source: DataSource) -> bool:
    """Let schedules run it again, as if it had never failed; tell whether it was paused."""
    paused = DataSource.objects.filter(pk=source.pk, paused_at__isnull=False)
    return paused.update(paused_at=None, paused_reason="", failures=0, next_try_at=None) == 1


def forget_identity(source: DataSource) -> None:
    """Pin whatever server answers next: a person has confirmed that its key was changed."""
    DataSource.objects.filter(pk=source.pk).update(host_key=None)
