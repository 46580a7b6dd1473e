"""The heartbeat, which beat sends to each queue and a worker of it runs, each leaving its pulse."""

from __future__ import annotations

from celery import Task, shared_task
from celery.signals import after_task_publish, beat_init

from connector.edge.health import pulse


@shared_task(bind=True)
def heartbeat(self: Task[[], None]) -> None:
    """Note that a worker of the queue lives from which this came."""
    queue = (self.request.delivery_info or {}).get("routing_key")
    pulse.record(pulse.QUEUES.get(queue or "", "worker"))


@beat_init.connect
def first_heartbeats(**_kwargs: object) -> None:
    """Send one to each queue at once, so that readiness does not wait for the schedule to come round."""
    for queue in pulse.QUEUES:
        heartbeat.apply_async(queue=queue, expires=2 * pulse.INTERVAL, retry=False)


@after_task_publish.connect(sender=heartbeat.name)
def beat_lives(**_kwargs: object) -> None:
    """Note that beat lives: it alone publishes heartbeats, and this runs where they are published."""
    pulse.record("beat")
