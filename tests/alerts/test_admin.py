"""Alerts in the admin: the list, a page, the first page, and who acknowledges."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert
from tests.alerts.conftest import Trouble
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.writes import DATABASE

pytestmark = DATABASE
LIST = "/admin/alerts/alert/"


def rows(browser: Browser, query: str = "") -> list[str]:
    return [alert.subject for alert in browser.get(f"{LIST}{query}").context["cl"].result_list]


def box(browser: Browser) -> Any:
    """Return what the first page tells of alerts, None where it does not."""
    parts = browser.get("/admin/").context["parts"]
    return next((part.context for part in parts if part.template.endswith("/alerts.html")), None)


def acknowledge(browser: Browser, alert: Alert) -> Any:
    return browser.post(f"{LIST}{alert.pk}/acknowledge/", follow=True)


@pytest.fixture
def three(trouble: Trouble) -> dict[str, Alert]:
    """An alert that is over, one that is open, and one that somebody knows of."""
    trouble.look("over")
    trouble.look("open", "known")
    alerts = {alert.subject: alert for alert in Alert.objects.all()}
    alerts["known"].acknowledge("somebody")
    return alerts


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["known", "open", "over"]),
        ("?is=open", ["known", "open"]),
        ("?is=new", ["open"]),
        ("?is=over", ["over"]),
        ("?kind=dead-delivery", ["known", "open", "over"]),
        ("?kind=held-delete", []),
    ],
)
def test_list_has_alerts_by_state_and_kind(
    admin_client: Browser, three: dict[str, Alert], query: str, expected: list[str]
) -> None:
    assert sorted(rows(admin_client, query)) == expected


def test_list_takes_as_many_queries_for_many_as_for_one(admin_client: Browser, trouble: Trouble, settings: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rows(admin_client)
        return len(captured)

    settings.CONNECTOR_ALERT_EMAILS, settings.EMAIL_URL_IS_SET = ["operator@example.com"], True
    trouble.look("a")
    queries()
    few = queries()
    trouble.look(*"abcdefgh")
    assert queries() == few


def test_alert_is_acknowledged_once_and_logged(admin_client: Browser, three: dict[str, Alert]) -> None:
    page = acknowledge(admin_client, three["open"])
    assert [str(message) for message in page.context["messages"]] == ["Acknowledged."]
    again = acknowledge(admin_client, three["open"])
    assert "Nothing was done" in str(next(iter(again.context["messages"])))
    assert Alert.objects.get(subject="open").acknowledged_by == "admin"
    assert [entry.message for entry in deeds()] == ["Acknowledged."]


def test_selected_alerts_are_acknowledged(admin_client: Browser, three: dict[str, Alert]) -> None:
    chosen = {"action": "acknowledge_selected", "_selected_action": [alert.pk for alert in three.values()]}
    page = admin_client.post(LIST, chosen, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["1 acknowledged."]


def test_viewer_may_only_look(three: dict[str, Alert]) -> None:
    browser = operator("view_alert")
    page = browser.get(f"{LIST}{three['open'].pk}/change/").content.decode()
    assert f"{three['open'].pk}/acknowledge/" not in page
    assert acknowledge(browser, three["open"]).status_code == 403


def test_first_page_shows_what_nobody_knows_of(admin_client: Browser, three: dict[str, Alert]) -> None:
    shown = box(admin_client)
    assert ([alert.subject for alert, _ in shown["lines"]], shown["count"]) == (["open"], "1")


def test_first_page_shows_no_box_where_there_is_no_alert(admin_client: Browser) -> None:
    assert box(admin_client) is None


def test_first_page_shows_no_alert_without_permission(three: dict[str, Alert]) -> None:
    assert box(operator("view_delivery")) is None


def test_flood_does_not_fill_the_first_page(admin_client: Browser, trouble: Trouble) -> None:
    trouble.look(*(f"s-{number}" for number in range(50)))
    shown = box(admin_client)
    assert (len(shown["lines"]), shown["count"], bool(shown["more"])) == (10, "50", True)


def test_what_an_alert_says_is_escaped(admin_client: Browser, trouble: Trouble) -> None:
    trouble.look("<b>x</b>")
    number = Alert.objects.get().pk
    for path in ("/admin/", LIST, f"{LIST}{number}/change/"):
        assert "<b>x</b>" not in admin_client.get(path).content.decode()
