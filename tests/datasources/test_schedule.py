"""Schedules of sources: beat's tables follow them, and only names of tasks and numbers are in messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from connector.celery import app
from datasources import tasks
from datasources.models import Run
from tests.datasources.factories import make_source

pytestmark = pytest.mark.django_db


def task() -> PeriodicTask:
    return PeriodicTask.objects.get(task="datasources.tasks.pull_source")


def test_source_is_run_every_hour_unless_it_says_otherwise() -> None:
    source = make_source()
    assert (task().interval.every, task().interval.period, task().enabled) == (60, "minutes", True)
    source.every_minutes, source.active = 5, False
    source.save()
    assert (task().interval.every, task().enabled) == (5, False)


def test_schedule_goes_with_its_source() -> None:
    make_source().delete()
    assert not PeriodicTask.objects.filter(task="datasources.tasks.pull_source").exists()


def test_message_has_the_number_of_the_source_and_nothing_else() -> None:
    source = make_source()
    assert (json.loads(task().args), json.loads(task().kwargs)) == ([source.pk], {})


@pytest.mark.django_db(transaction=True)  # beat lets go of the connection.
def test_beat_knows_the_sources_and_the_heartbeat() -> None:
    source = make_source()
    entries = {entry.task for entry in DatabaseScheduler(app=app).schedule.values()}
    assert {"datasources.tasks.pull_source", "connector.edge.tasks.heartbeat"} <= entries
    assert settings.CELERY_TASK_ROUTES["datasources.tasks.*"]["queue"] == "files"
    assert source.active


def test_task_of_a_source_begins_its_run_and_wakes_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.work, "apply_async", lambda **options: sent.append(options))
    source = make_source()
    tasks.pull_source(source.pk)
    tasks.pull_source(source.pk)
    assert Run.objects.get().source == source
    assert sent == [{"expires": 30, "retry": False}]
