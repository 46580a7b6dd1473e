from __future__ import annotations

from celery import shared_task

from datasources import runs, schedule
from sync.work import chores


@shared_task(soft_time_limit=240, time_limit=270)  # Under the broker's visibility time-out, as all tasks.
def work() -> None:
    """Work at runs that are due, and wake a successor when that was not all."""
    if not runs.work(runs.SLICE):
        work.apply_async(expires=30, retry=False)


@shared_task
def pull_source(source_id: int) -> None:
    """Look at a source whose hour has come; beat sends this."""
    if schedule.begin(source_id):
        work.apply_async(expires=30, retry=False)


chores.register(chores.Chore(runs.are_due, runs.work, work))
