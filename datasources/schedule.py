"""When each source is looked at: a periodic task of django-celery-beat that follows the source."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.signals import post_delete, post_save
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from datasources import runs
from datasources.errors import AlreadyRunning
from datasources.models import DataSource, Trigger

TASK = "datasources.tasks.pull_source"
EXPIRES = 60  # seconds: a message that waited for a broker is no hour that came


def connect() -> None:
    post_save.connect(follow, sender=DataSource)
    post_delete.connect(forget, sender=DataSource)


@transaction.atomic
def follow(instance: DataSource, **_kwargs: Any) -> None:
    """Have beat do as the source says."""
    interval, _ = IntervalSchedule.objects.get_or_create(every=instance.every_minutes, period=IntervalSchedule.MINUTES)
    columns = {
        "task": TASK,
        "interval": interval,
        "args": json.dumps([instance.pk]),
        "enabled": instance.active,
        "expire_seconds": EXPIRES,
    }
    PeriodicTask.objects.update_or_create(name=name_of(instance), defaults=columns)


def forget(instance: DataSource, **_kwargs: Any) -> None:
    PeriodicTask.objects.filter(name=name_of(instance)).delete()


def name_of(source: DataSource) -> str:
    return f"data source {source.pk}"


def begin(source_id: int) -> bool:
    """Begin a run of a source that may run now, and tell whether one is new."""
    rested = Q(next_try_at=None) | Q(next_try_at__lte=Now())
    source = DataSource.objects.due().without_secrets().filter(rested, pk=source_id).first()
    try:
        return source is not None and runs.ask_run(source, Trigger.SCHEDULE) is not None
    except AlreadyRunning:
        return False
