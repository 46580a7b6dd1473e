"""What is found of each kind, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import deliveries
from alerts.kinds import KINDS, Finding
from connector.edge.health import pulse
from datasources.models import DataSource, Import
from sync.delivery.modes import forget_switches
from sync.models import FollowUp, Push, State, Switch
from sync.watching import backlog, traffic
from tests.datasources.factories import make_source
from tests.partners.factories import make_partner
from tests.plans import plan_of
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db
KEY = "anna@example.com"
LONG_AGO = timezone.now() - timedelta(days=30)


def found(kind: str) -> list[Finding]:
    return list(KINDS[kind].find())


def texts(kind: str) -> list[str]:
    return [finding.text for finding in found(kind)]


def make_push(**overrides: Any) -> Push:
    given = {"entity": "product", "record_key": KEY, "state": "dead", "version": 1, "is_known": True, **overrides}
    return Push.objects.create(reason=f"No such thing as {KEY}.", **given)


def make_import(age: timedelta, **overrides: Any) -> Import:
    given = {"name": "a.csv", "file_name": "a.csv", "processor_type": 25011, "state": 3, **overrides}
    import_ = Import.objects.create(**given)
    Import.objects.filter(pk=import_.pk).update(created_at=timezone.now() - age)
    return import_


def test_dead_deliveries_are_told_by_entity_and_reason() -> None:
    for reason in ("LookupError", "LookupError", "OSError"):
        make_delivery(state=State.DEAD, reason=reason, record_key=KEY)
    assert sorted(texts("dead-delivery")) == ["product: 1 dead, OSError", "product: 2 dead, LookupError"]


@pytest.mark.parametrize(("hours", "expected"), [(5, 1), (3, 0)], ids=["long", "lately"])
def test_parked_records_are_told_by_entity_after_some_hours(hours: int, expected: int) -> None:
    waiting = {"state": State.ACCEPTED, "accepted_at": timezone.now() - timedelta(hours=hours)}
    make_delivery(record_key=KEY, **waiting)
    make_delivery(record_key="ready", **{**waiting, "runnable_at": timezone.now()})
    told = ["product: 1 delivery has waited behind another of the same record for over 4 h"]
    assert texts("parked-record") == told * expected


@pytest.mark.parametrize(("minutes", "expected"), [(20, 1), (10, 0)], ids=["long", "lately"])
def test_backlog_is_old_when_what_could_be_applied_is_not(minutes: int, expected: int) -> None:
    make_delivery(state=State.ACCEPTED, runnable_at=timezone.now() - timedelta(minutes=minutes))
    assert texts("backlog-old") == ["1 delivery ready for over 15 min and not applied yet"] * expected


def test_backlog_is_told_when_it_is_full(settings: Any) -> None:
    settings.CONNECTOR_BACKLOG = 1
    assert texts("backlog-full") == []
    make_delivery(state=State.ACCEPTED, runnable_at=timezone.now())
    backlog.measure()
    backlog.forget_size()
    assert texts("backlog-full") == ["1 delivery waits, which is the limit: more are answered 503"]


def test_held_deletes_are_told_by_entity() -> None:
    make_delivery(state=State.HELD, method="DELETE", record_key=KEY)
    assert texts("held-delete") == ["product: 1 delete is held"]


def test_hooks_that_were_given_up_are_told_by_hook_and_reason() -> None:
    for reason, due in (("OSError", None), ("OSError", None), ("KeyError", Now())):
        FollowUp.objects.create(hook="tell_warehouse", delivery=1, reason=reason, due_at=due)
    assert texts("dead-follow-up") == ["2 calls of tell_warehouse given up, OSError"]


def test_dead_pushes_are_told_without_what_dsync_said() -> None:
    make_push()
    assert texts("dead-push") == ["product: 1 record could not be told to Dsync"]


def test_processes_that_are_away_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "degraded", lambda: [{"name": "beat", "reason": pulse.REASONS["beat"]}])
    assert found("process-silent") == [Finding("beat", pulse.REASONS["beat"], "/admin/")]


@pytest.mark.parametrize(("switched", "expected"), [(None, ["product"]), (0, []), (99, []), (30, ["product"])], ids=str)
def test_entity_is_silent_after_the_hours_that_are_its_own(switched: int | None, expected: list[str]) -> None:
    Switch.objects.create(entity="product", silent_hours=switched)
    forget_switches()
    make_delivery(accepted_at=timezone.now() - timedelta(hours=40))
    traffic.catch_up()
    assert [finding.subject for finding in found("entity-silent")] == expected


@pytest.mark.parametrize(("own", "expected"), [(None, 1), (0, 0), (99, 0)], ids=["as-set", "never", "of-its-own"])
def test_source_is_silent_after_the_days_that_are_its_own(own: int | None, expected: int) -> None:
    source = make_source(silent_days=own, last_running_time=timezone.now())
    DataSource.objects.update(created_at=LONG_AGO)
    told = [Finding(str(source.pk), f"{source.partner.name}, {source}: silent, never a file", page_of(source))]
    assert found("source-silent") == told * expected


def page_of(source: DataSource) -> str:
    return f"/admin/datasources/datasource/{source.pk}/change/"


def test_paused_source_is_told_with_the_reason() -> None:
    source = make_source(paused_at=timezone.now(), paused_reason="The server refuses the user or the password.")
    (finding,) = found("source-paused")
    assert finding.text.endswith("paused, The server refuses the user or the password.")
    assert finding.path == page_of(source)


def test_partner_that_uploads_is_silent_after_some_days() -> None:
    silent, lively, pulled = (make_partner(name) for name in ("Silent", "Lively", "Pulled"))
    make_source(pulled)
    for partner, age in ((silent, 9), (lively, 9), (lively, 1), (pulled, 9)):
        make_import(timedelta(days=age), partner=partner)
    assert [(finding.subject, finding.text[:6]) for finding in found("partner-silent")] == [(str(silent.pk), "Silent")]


@pytest.mark.parametrize(
    "setting",
    ["CONNECTOR_SILENT_HOURS", "CONNECTOR_SILENT_DAYS", "CONNECTOR_PARKED_HOURS", "CONNECTOR_OVERDUE_MINUTES"],
)
def test_nothing_is_told_of_what_is_switched_off(settings: Any, setting: str) -> None:
    setattr(settings, setting, 0)
    make_delivery(state=State.ACCEPTED, accepted_at=LONG_AGO, runnable_at=None)
    make_delivery(state=State.ACCEPTED, accepted_at=LONG_AGO, runnable_at=LONG_AGO)
    make_source(last_running_time=timezone.now())
    DataSource.objects.update(created_at=LONG_AGO)
    make_import(timedelta(days=30), partner=make_partner("Silent"))
    traffic.catch_up()
    kinds = {
        "CONNECTOR_SILENT_HOURS": ["entity-silent"],
        "CONNECTOR_SILENT_DAYS": ["source-silent", "partner-silent"],
        "CONNECTOR_PARKED_HOURS": ["parked-record"],
        "CONNECTOR_OVERDUE_MINUTES": ["backlog-old"],
    }
    assert [texts(kind) for kind in kinds[setting]] == [[]] * len(kinds[setting])


def everything() -> None:
    """Have something amiss of as many kinds as may be."""
    for state in (State.DEAD, State.HELD, State.ACCEPTED):
        make_delivery(state=state, record_key=KEY, accepted_at=LONG_AGO, reason="LookupError", body=KEY.encode())
    make_push()
    make_source(paused_at=timezone.now())
    FollowUp.objects.create(hook="tell_warehouse", delivery=1, reason="OSError", due_at=None)
    traffic.catch_up()


def test_no_alert_quotes_a_record_s_key_or_body() -> None:
    everything()
    told = [finding for kind in KINDS for finding in found(kind)]
    assert len(told) >= 6
    assert [finding for finding in told if KEY in f"{finding.subject} {finding.text} {finding.path}"] == []


def test_every_alert_leads_to_a_page(admin_client: Browser) -> None:
    everything()
    paths = {finding.path for kind in KINDS for finding in found(kind)}
    assert {path: admin_client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_looking_takes_as_many_queries_for_many_as_for_one(kind: str) -> None:
    def queries(find: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            list(find())
        return len(captured)

    everything()
    queries(KINDS[kind].find)
    few = queries(KINDS[kind].find)
    for number in range(5):
        make_delivery(state=State.DEAD, reason=f"R{number}", accepted_at=LONG_AGO, entity=f"e{number}")
        make_delivery(state=State.HELD, accepted_at=LONG_AGO, entity=f"e{number}")
        make_source(paused_at=timezone.now(), host=f"h{number}.example.com")
    assert queries(KINDS[kind].find) == few


def test_oldest_that_wait_are_found_by_their_index() -> None:
    for sql in (deliveries.PARKED, deliveries.OVERDUE):
        plan = plan_of(sql, [1])
        assert "sync_delivery_not_applied" in plan
        assert "sync_delivery_pkey" not in plan
