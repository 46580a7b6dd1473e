"""The heartbeat, which beat sends and a worker runs, each leaving its pulse."""

from __future__ import annotations

from celery import shared_task
from celery.signals import after_task_publish, beat_init

from connector.edge.health import pulse


@shared_task
def heartbeat() -> None:
    pulse.record("worker")


@beat_init.connect
def first_heartbeat(**_kwargs: object) -> None:
    """Send one at once, so that readiness does not wait for the schedule to come round."""
    heartbeat.apply_async(expires=2 * pulse.INTERVAL, retry=False)


@after_task_publish.connect(sender=heartbeat.name)
def beat_lives(**_kwargs: object) -> None:
    """Note that beat lives: it alone publishes heartbeats, and this runs where they are published."""
    pulse.record("beat")
