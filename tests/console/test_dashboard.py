"""The first page of the admin: what an operator sees of deliveries, files and silence, and who sees it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.models import Alert
from console.dashboard import files, latency, silence
from datasources.models import DataSource, Import
from sync.models import Ledger, Traffic
from sync.watching import traffic
from tests.conftest import operator
from tests.datasources import factories as sources
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db


def parts(browser: Browser, query: str = "") -> dict[str, Any]:
    """Return what each part of the first page knows, by the name of its template."""
    page = browser.get(f"/admin/{query}")
    assert page.status_code == 200
    return {part.template.rpartition("/")[2].removesuffix(".html"): part.context for part in page.context["parts"]}


def figures(browser: Browser, query: str = "") -> dict[str, str]:
    return {figure.title: figure.value for figure in parts(browser, query)["flow"]["figures"]}


def drawn(browser: Browser, name: str) -> dict[str, Any]:
    """Return a chart's data as the page has it."""
    found = re.search(rf'<script id="console-{name}" type="application/json">(.*?)</script>', text_of(browser))
    assert found
    return json.loads(found[1])


def text_of(browser: Browser) -> str:
    return browser.get("/admin/").content.decode()


def one_of_each() -> None:
    for state in ("applied", "applied", "rejected", "dead", "accepted", "held", "skipped"):
        make_delivery(state=state)
    traffic.catch_up()


def test_figures_are_all_that_came(admin_client: Browser) -> None:
    one_of_each()
    assert list(figures(admin_client).items()) == [
        ("received", "7"),
        ("applied", "2"),
        ("rejected", "1"),
        ("dead", "1"),
        ("pending", "2"),
        ("skipped", "1"),
        ("half within", "-"),
        ("95 % within", "-"),
    ]


@pytest.mark.parametrize(
    ("span", "age", "is_seen"),
    [
        ("hour", timedelta(minutes=50), True),
        ("hour", timedelta(minutes=65), False),
        ("day", timedelta(hours=22), True),
        ("day", timedelta(hours=25), False),
        ("week", timedelta(days=6), True),
        ("week", timedelta(days=8), False),
        ("nonsense", timedelta(hours=22), True),
    ],
    ids=str,
)
def test_span_bounds_what_is_counted(admin_client: Browser, *, span: str, age: timedelta, is_seen: bool) -> None:
    make_delivery(accepted_at=timezone.now() - age)
    traffic.catch_up()
    assert figures(admin_client, f"?span={span}")["received"] == str(int(is_seen))


def test_entity_that_is_chosen_is_counted_alone(admin_client: Browser) -> None:
    make_delivery()
    make_delivery(entity="company")
    traffic.catch_up()
    assert figures(admin_client, "?entity=company")["received"] == "1"
    assert figures(admin_client, "?entity=nonsense")["received"] == "2"


def test_chart_has_the_same_deliveries_as_the_figures(admin_client: Browser) -> None:
    one_of_each()
    chart = drawn(admin_client, "received")
    assert {series["label"]: sum(series["values"]) for series in chart["series"]} == {
        "applied": 2,
        "rejected": 1,
        "dead": 1,
        "pending": 2,
        "skipped": 1,
    }
    assert len(chart["labels"]) == 24


def test_time_to_be_applied_is_of_what_was_answered_202(admin_client: Browser) -> None:
    now = timezone.now()
    for seconds in (0.015, 0.015, 3):
        make_delivery(is_deferred=True, accepted_at=now - timedelta(seconds=seconds), finished_at=now)
    make_delivery()
    traffic.catch_up()
    seen = figures(admin_client)
    assert (seen["half within"], seen["95 % within"]) == ("< 20 ms", "< 5 s")
    assert 20 in drawn(admin_client, "latency")["series"][0]["values"]


@pytest.mark.parametrize(
    ("speeds", "share", "bound"),
    [({}, 0.5, None), ({10: 1}, 0.95, 10), ({10: 95, 500: 5}, 0.95, 10), ({10: 94, 500: 6}, 0.95, 500)],
    ids=["nothing", "one", "just-within", "just-beyond"],
)
def test_bound_is_the_first_that_has_the_share(speeds: dict[int, int], share: float, bound: int | None) -> None:
    assert latency.bound_of(share, speeds) == bound


def test_waiting_tells_the_oldest_of_each_state(admin_client: Browser) -> None:
    oldest = make_delivery(state="accepted", accepted_at=timezone.now() - timedelta(hours=3))
    make_delivery(state="accepted")
    waiting = {each.state: (number, each.oldest) for each, number, _ in parts(admin_client)["now"]["waiting"]}
    assert (waiting["accepted"], waiting["held"]) == (("2", oldest.pk), ("0", None))
    assert "3\xa0hours" in text_of(admin_client)


def test_failures_are_grouped_by_cause(admin_client: Browser) -> None:
    fault = {"treekey": "price", "code": "invalid_type", "message": "no number"}
    for _ in range(3):
        make_delivery(state="rejected", errors=[fault])
    make_delivery(state="rejected", errors=[{**fault, "treekey": ""}])
    make_delivery(state="dead", reason="LookupError")
    make_delivery(state="retrying", reason="TimeoutError", runnable_at=timezone.now())
    found = {(each.state, each.cause): each.deliveries for each in parts(admin_client)["now"]["failures"]}
    assert found == {
        ("dead", "LookupError"): "1",
        ("rejected", "price: invalid_type"): "3",
        ("rejected", "invalid_type"): "1",
        ("retrying", "TimeoutError"): "1",
    }


def test_rejections_before_the_span_are_no_failures(admin_client: Browser) -> None:
    make_delivery(state="rejected", accepted_at=timezone.now() - timedelta(days=2))
    assert parts(admin_client)["now"]["failures"] == []
    assert len(parts(admin_client, "?span=week")["now"]["failures"]) == 1


def test_imports_are_summed_by_partner(admin_client: Browser) -> None:
    for number in (1, 1, 2):
        run = sources.make_run(len(Import.objects.all()) + 10)
        made = Import.objects.create(
            run=run,
            partner=sources.make_partner(f"p-{number}") if number == 2 else run.partner,
            state=3,
            processor_type=25011,
        )
        Import.objects.filter(pk=made.pk).update(rows=10, rows_ok=9, rows_with_errors=1)
    found = parts(admin_client)["imports"]["imports"]
    assert sorted((each.files, each.rows, each.rows_with_errors) for each in found) == [(1, 10, 1)] * 3


@pytest.mark.parametrize(
    ("age", "is_silent"), [(timedelta(hours=20), False), (timedelta(hours=30), True)], ids=["lately", "long-ago"]
)
def test_entity_is_silent_after_a_day(*, age: timedelta, is_silent: bool) -> None:
    make_delivery(accepted_at=timezone.now() - age)
    traffic.catch_up()
    assert silence.heard(["product"], {})["product"].is_silent is is_silent


def test_entity_that_only_files_bring_is_heard_of(admin_client: Browser) -> None:
    imported = sources.make_import(1)
    Import.objects.filter(pk=imported.pk).update(entity="partner_sale")
    lines = {line.entity: line.heard for line in parts(admin_client)["flow"]["lines"]}
    assert (lines["partner_sale"].last is None, lines["order"].last is None) == (False, True)


LONG_AGO = timezone.now() - timedelta(days=9)


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        pytest.param({"last_running_time": timezone.now()}, None, id="new-and-well"),
        pytest.param({"paused_at": LONG_AGO, "paused_reason": "x"}, "paused", id="paused"),
        pytest.param({"failures": 2}, "failing", id="failing"),
        pytest.param({"last_running_time": timezone.now() - timedelta(hours=3)}, "not looked at", id="overdue"),
        pytest.param({"last_running_time": timezone.now(), "created_at": LONG_AGO}, "silent", id="no-file"),
        pytest.param({"active": False, "created_at": LONG_AGO}, None, id="switched-off"),
    ],
)
def test_source_is_told_with_what_is_wrong_with_it(columns: dict[str, Any], kind: str | None) -> None:
    source = sources.make_source()
    DataSource.objects.filter(pk=source.pk).update(**columns)
    assert [each.kind for each in files.silent_sources()] == ([kind] if kind else [])


# Who sees it


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("view_delivery", ["first_steps", "flow", "now"]),
        ("view_import", ["imports"]),
        ("view_datasource", ["sources"]),
        ("view_product", []),
    ],
)
def test_parts_are_shown_to_whoever_may_see_their_lists(permission: str, shown: list[str]) -> None:
    assert list(parts(operator(permission))) == shown


def test_files_are_not_told_without_their_permission() -> None:
    imported = sources.make_import(1)
    Import.objects.filter(pk=imported.pk).update(entity="partner_sale")
    lines = parts(operator("view_delivery"))["flow"]["lines"]
    assert all(line.heard.last is None for line in lines)


# An empty system


def test_empty_system_says_what_to_do_first(admin_client: Browser) -> None:
    steps = parts(admin_client)["first_steps"]["steps"]
    assert steps[0].command == "manage.py issue_token dsync"
    assert "Not everything is counted yet." in text_of(admin_client)
    make_delivery()
    assert "first_steps" not in parts(admin_client)


def test_system_whose_journal_was_pruned_is_not_empty(admin_client: Browser) -> None:
    Ledger.objects.create(day="2026-01-01", entity="product", state="applied", deliveries=1)
    assert "first_steps" not in parts(admin_client)


def test_steps_lead_nowhere_that_the_user_may_not_go() -> None:
    steps = parts(operator("view_delivery"))["first_steps"]["steps"]
    assert [step.url for step in steps if step.url] == []


# What it costs


def statements(browser: Browser, query: str = "") -> int:
    with CaptureQueriesContext(connection) as captured:
        parts(browser, query)
    return len(captured)


def fill(numbers: range) -> None:
    for number in numbers:
        sources.make_import(number)
        make_delivery(state="dead", reason=f"reason-{number}")
        make_delivery(state="rejected", errors=[{"treekey": f"field-{number}", "code": "x"}])
        make_delivery(accepted_at=timezone.now() - timedelta(hours=number), is_deferred=True)
    DataSource.objects.update(failures=1)
    traffic.catch_up()


def test_page_takes_as_many_statements_for_much_as_for_little(admin_client: Browser) -> None:
    fill(range(2))
    statements(admin_client)  # What is remembered between pages is.
    few = statements(admin_client)
    fill(range(2, 20))
    assert statements(admin_client) == statements(admin_client, "?span=week&entity=product") == few <= 39


def test_flow_is_read_from_counts_alone(admin_client: Browser) -> None:
    one_of_each()
    Traffic.objects.filter(state="applied").update(deliveries=5_000_000)
    assert figures(admin_client)["applied"] == "5,000,000"


def test_stale_counts_are_told(admin_client: Browser) -> None:
    one_of_each()
    assert parts(admin_client)["flow"]["is_stale"] is False
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_gauge SET measured_at = now() - interval '3 minutes' WHERE name = 'counted'")
    assert "No dispatcher runs, a transaction stays open" in text_of(admin_client)


def test_what_came_is_escaped(admin_client: Browser) -> None:
    markup = "</script><script>alert(1)</script>"
    make_delivery(state="rejected", errors=[{"treekey": markup, "code": markup}])
    make_delivery(state="dead", reason=markup)
    sources.make_source(sources.make_partner(markup), failures=1)
    assert "<script>alert" not in text_of(admin_client)


@pytest.mark.parametrize(("age", "is_shown"), [(5, False), (120, True)], ids=["starting", "away"])
def test_process_that_is_away_is_shown_when_a_start_would_be_over(
    admin_client: Browser, *, age: int, is_shown: bool
) -> None:
    since = timezone.now() - timedelta(seconds=age)
    Alert.objects.create(kind="process-silent", subject="beat", text="No beat", path="/admin/", opened_at=since)
    assert ("alerts" in parts(admin_client)) == is_shown
