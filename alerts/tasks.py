from __future__ import annotations

from functools import partial

from celery import shared_task

from alerts import looking, telling
from sync.work import chores, rounds

SECONDS = 10


@shared_task
def watch() -> None:
    """Look for what is amiss, and tell of it; beat sends this."""
    looking.run(SECONDS)
    telling.run(SECONDS)


@shared_task
def tell() -> None:
    telling.run(SECONDS)


rounds.register(partial(looking.run, SECONDS))
chores.register(chores.Chore(telling.are_due, telling.run, tell))
