from __future__ import annotations

from celery import shared_task

from sync import runner, wake

SECONDS = 40


@shared_task
def apply_deliveries() -> None:
    """Apply what waits, for as long as a task may, and wake another when that was not all."""
    if not runner.run(SECONDS):
        wake.send()
