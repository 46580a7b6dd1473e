"""The outbox in the admin: what was refused and why, sending it again, skipping it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from sync.models import Push, PushPause
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/sync/push/"


def make(key: str = "a", state: str = "dead", **more: Any) -> Push:
    given = {"entity": "product", "record_key": key, "state": state, "version": 1, "is_known": False, **more}
    given.setdefault("reason", "422 No such thing" if state == "dead" else "")
    return Push.objects.create(due_at="2026-01-01T00:00Z" if state == "waiting" else None, **given)


def act(browser: Browser, action: str, *chosen: Push, **more: Any) -> list[str]:
    ticked = {"action": action, "_selected_action": [push.pk for push in chosen], **more}
    answer = browser.post(f"{LIST}?state=dead", ticked, follow=True)
    return [str(message) for message in answer.context["messages"]]


def states() -> list[str]:
    return list(Push.objects.order_by("pk").values_list("state", flat=True))


def test_list_shows_the_reason_and_leads_to_the_record(admin_client: Browser) -> None:
    make()
    content = admin_client.get(LIST).content.decode()
    assert "422 No such thing" in content
    assert "/admin/entities/product/of-key/?key=a" in content


def test_list_is_filtered_by_state(admin_client: Browser) -> None:
    dead, _ = make("a"), make("b", "waiting")
    assert list(admin_client.get(f"{LIST}?state=dead").context["cl"].result_list) == [dead]


def test_list_takes_as_many_queries_for_many_as_for_one(admin_client: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(LIST)
        return len(captured)

    make()
    queries()
    few = queries()
    for number in range(20):
        make(str(number))
    assert queries() == few <= 8


@pytest.mark.parametrize(
    ("action", "state", "entry"), [("send_again", "waiting", "Sent again."), ("skip", "skipped", "Skipped.")]
)
def test_dead_ones_are_sent_again_or_skipped_and_logged(
    admin_client: Browser, action: str, state: str, entry: str, sent: list[str]
) -> None:
    chosen = [make("a"), make("b"), make("c", "sent")]
    assert act(admin_client, action, *chosen) == [f"2 {entry.lower()}"]
    assert states() == [state, state, "sent"]
    assert [line.message for line in deeds()] == [entry] * 2
    assert sent == ["workers"]


def test_all_dead_ones_are_sent_again_at_once(admin_client: Browser) -> None:
    chosen = [make(str(number)) for number in range(60)]
    assert act(admin_client, "send_again", chosen[0], select_across="1") == ["60 sent again."]
    assert set(states()) == {"waiting"}


def test_very_many_dead_ones_are_taken_in_portions(admin_client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.admin.pushes.AT_ONCE", 2)
    chosen = [make(str(number)) for number in range(3)]
    assert act(admin_client, "skip", *chosen) == ["2 skipped. There are more: do it again."]
    assert states() == ["skipped", "skipped", "dead"]


def test_viewer_may_only_look() -> None:
    browser, push = operator("view_push"), make()
    assert browser.get(f"{LIST}{push.pk}/change/").status_code == 200
    act(browser, "send_again", push)
    assert states() == ["dead"]


def test_operator_may_send_again() -> None:
    assert act(operator("view_push", "change_push"), "send_again", make()) == ["1 sent again."]


def test_page_tells_why_nothing_is_sent(admin_client: Browser) -> None:
    push = make(state="waiting")
    PushPause.objects.create(entity="product", failures=3, until="2026-01-01T00:00Z", reason="503 Busy <b>")
    content = admin_client.get(f"{LIST}{push.pk}/change/").content.decode()
    assert "503 Busy &lt;b&gt;" in content


def test_first_page_counts_what_is_dead(admin_client: Browser) -> None:
    make()
    make("b", "waiting")
    cards = {card.title: card for card in admin_client.get("/admin/").context["cards"]}
    assert [(figure.value, figure.alarming) for figure in cards["Pushes"].figures] == [("1", False), ("1", True)]
