from __future__ import annotations

from celery import shared_task

from sync.applying import follow_ups, runner
from sync.operating import erasures, sweeping
from sync.push import outbox, sender
from sync.work import chores, wake

# A batch begun at the end has the rest of the soft time limit, most of which a wait for one lock may take (20 s).
SECONDS = 20
SECONDS_OF_PUSHES = 15  # The last exchange may take 25 s.


@shared_task
def apply_deliveries() -> None:
    """Apply what waits, for as long as a task may, and wake another when that was not all."""
    if not runner.run(SECONDS):
        wake.send()
    chores.send()


@shared_task
def call_hooks() -> None:
    """Run what hooks have to do after commits, in a queue of its own: it may take its time."""
    if not follow_ups.run(SECONDS):
        call_hooks.apply_async(expires=30, retry=False)


@shared_task
def send_pushes() -> None:
    """Tell Dsync what changed here."""
    if not sender.run(SECONDS_OF_PUSHES):
        send_pushes.apply_async(expires=30, retry=False)


@shared_task(soft_time_limit=240, time_limit=270)  # Under the broker's visibility time-out, as all tasks.
def erase_records() -> None:
    """Take out what was asked to be: it may have to read many files."""
    if not erasures.run(SECONDS):
        erase_records.apply_async(expires=30, retry=False)


@shared_task
def sweep_dead() -> None:
    """Replay or skip the dead, where a person wants all of a group replayed or skipped."""
    if not sweeping.run(SECONDS):
        sweep_dead.apply_async(expires=30, retry=False)


wake.register(apply_deliveries)
chores.register(chores.Chore(follow_ups.are_due, follow_ups.run, call_hooks))
chores.register(chores.Chore(outbox.are_due, sender.run, send_pushes))
chores.register(chores.Chore(erasures.are_due, erasures.run, erase_records))
chores.register(chores.Chore(sweeping.are_due, sweeping.run, sweep_dead))
