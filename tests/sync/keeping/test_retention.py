"""What people look up goes by age, each kind by its own setting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.test import override_settings

from notifications.models import Notification
from partners.models import Change
from sync.keeping import retention
from sync.models import Erasure, Job, Pull, Sweep
from sync.models.pull import Stage
from tests.partners.factories import make_partner

pytestmark = pytest.mark.django_db
PULL = {"source": "https://example.com", "entity": "product", "is_generation": False, "is_dry": False, "per_page": 9}


def make(noun: str, days: int) -> None:
    """Have a row of a kind that is so many days old."""
    at = Now() - timedelta(days=days)
    told: dict[str, Any] = {"client_id": 1, "process_id": "1", "status": 200, "digest": days.to_bytes(2)}
    match noun:
        case "notifications":
            Notification.objects.create(received_at=at, **told)
        case "jobs":
            Job.objects.create(entity="product", job_id=str(days), client_id=1, created_at=at)
        case "pulls":
            Pull.objects.create(stage=Stage.DONE, finished_at=at, **PULL)
        case "sweeps":
            told = {"act": "replay", "state": "done", "due_at": None, "total": 1, "until": 1}
            Sweep.objects.create(entity="product", cause=str(days), finished_at=at, **told)
        case "erasures":
            Erasure.objects.create(entity="product", record_key="a", erased_at=at, due_at=None)
        case _:
            Change.objects.create(partner=make_partner(), before={}, after={}, made_at=at)


@pytest.mark.parametrize("noun", retention.KINDS)
def test_old_ones_go_and_young_ones_stay(noun: str) -> None:
    kind = retention.KINDS[noun]
    for days in (9, 11, 12):
        make(noun, days)
    with override_settings(**{kind.setting: 10}):
        assert kind.countable() == 2
        assert list(kind.prune()) == [2]
    assert QuerySet(kind.model).count() == 1


@pytest.mark.parametrize("noun", retention.KINDS)
def test_all_are_kept_where_the_setting_says_so(noun: str) -> None:
    make(noun, 5000)
    with override_settings(**{retention.KINDS[noun].setting: 0}):
        assert (retention.KINDS[noun].countable(), list(retention.KINDS[noun].prune())) == (0, [])


def test_pull_under_way_and_erasure_to_be_done_stay() -> None:
    Pull.objects.create(stage=Stage.WALKING, started_at=Now() - timedelta(days=99), **PULL)
    Erasure.objects.create(entity="product", record_key="a", asked_at=Now() - timedelta(days=99))
    assert [retention.KINDS[noun].countable(1) for noun in ("pulls", "erasures")] == [0, 0]
