"""Alerts open when something is found, once, and end when it is found no more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from alerts import looking
from alerts.kinds import KINDS, Finding, Kind
from alerts.models import Alert, Telling
from sync.delivery.write import lock_number
from sync.models import Gauge
from tests.alerts.conftest import Trouble
from tests.sync.writes import DATABASE, side_by_side

pytestmark = DATABASE


def is_open(alert: Alert) -> bool:
    alert.refresh_from_db()
    return alert.ended_at is None


def findings(*subjects: str) -> list[Finding]:
    return [Finding(subject, f"{subject} is amiss", "/admin/") for subject in subjects]


def test_alert_opens_once_and_stays_open_while_it_is_found(trouble: Trouble) -> None:
    trouble.look("a", "b")
    trouble.look("a", "b")
    assert list(Alert.objects.order_by("subject").values_list("subject", "text")) == [
        ("a", "a is amiss"),
        ("b", "b is amiss"),
    ]


def test_alert_ends_when_it_is_found_no_more(trouble: Trouble) -> None:
    trouble.look("a", "b")
    trouble.look("b")
    assert list(Alert.objects.open().values_list("subject", flat=True)) == ["b"]


def test_alert_that_comes_back_is_another(trouble: Trouble) -> None:
    for subjects in (["a"], [], ["a"]):
        trouble.look(*subjects)
    assert [bool(alert.ended_at) for alert in Alert.objects.order_by("pk")] == [True, False]


def test_alerts_of_another_kind_are_left_alone(trouble: Trouble) -> None:
    looking.settle(Kind("held-delete", "Held deletes", list), findings("a"))
    trouble.look()
    assert Alert.objects.open().count() == 1


@pytest.mark.parametrize("act", [looking.settle, lambda kind, _found: looking.look(kind)], ids=["settle", "look"])
def test_alert_opens_once_when_two_look_at_once(trouble: Trouble, settings: Any, act: Any) -> None:
    settings.CONNECTOR_ALERT_EMAILS, settings.EMAIL_URL_IS_SET = ["operator@example.com"], True
    trouble.subjects = [f"s-{number}" for number in range(50)]
    side_by_side(*[partial(act, trouble.kind, trouble.find())] * 8)
    assert (Alert.objects.count(), Telling.objects.count()) == (50, 50)


def test_who_comes_while_another_looks_changes_nothing(trouble: Trouble) -> None:
    trouble.look("a")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock_number("alerts", trouble.kind.name)])
        trouble.look()
    finally:
        other.close()
    assert Alert.objects.open().count() == 1


def test_kind_is_looked_for_by_one_of_many_when_it_is_due(trouble: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = side_by_side(*[partial(looking.take, trouble.kind)] * 8)
    assert sum(taken) == 1
    Gauge.objects.update(measured_at=F("measured_at") - timedelta(minutes=1))
    assert looking.take(trouble.kind)


def test_what_is_over_before_its_patience_was_never_an_alert() -> None:
    slow = Kind("process-silent", "Processes", list, patience=60)
    looking.settle(slow, findings("beat", "worker"))
    Alert.objects.filter(subject="worker").update(opened_at=F("opened_at") - timedelta(minutes=2))
    looking.settle(slow, [])
    assert list(Alert.objects.values_list("subject", flat=True)) == ["worker"]


def test_nobody_is_told_before_patience_is_over(settings: Any) -> None:
    settings.CONNECTOR_ALERT_EMAILS, settings.EMAIL_URL_IS_SET = ["operator@example.com"], True
    slow = Kind("process-silent", "Processes", list, patience=60)
    looking.settle(slow, findings("beat"))
    assert not Telling.objects.exists()
    Alert.objects.update(opened_at=F("opened_at") - timedelta(minutes=2))
    looking.settle(slow, findings("beat"))
    assert Telling.objects.count() == 1


def test_kind_that_cannot_be_looked_for_holds_up_no_other(trouble: Trouble, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[Finding]:
        raise LookupError

    trouble.subjects = ["a"]
    kinds = {"bad": Kind("bad", "Bad", fail), trouble.kind.name: trouble.kind}
    monkeypatch.setattr("alerts.kinds.KINDS", kinds)
    assert looking.run(5)
    assert Alert.objects.get().subject == "a"


def test_only_kinds_that_are_named_are_looked_for(settings: Any) -> None:
    settings.CONNECTOR_ALERT_KINDS = ["held-delete"]
    assert [kind.name for kind in looking.due_kinds()] == ["held-delete"]


def test_kinds_have_names_that_gauges_can_hold() -> None:
    assert [kind.name for kind in KINDS.values() if len(kind.gauge) > 32] == []
