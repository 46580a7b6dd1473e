"""Calls of hooks in the admin: which wait, which were given up, and calling those again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from sync.admin import operations
from sync.models import FollowUp
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db
LIST = "/admin/sync/followup/"


def make(**overrides: Any) -> FollowUp:
    return FollowUp.objects.create(**{"hook": "deployer.hook", "delivery": 7, **overrides})


def given_up(**overrides: Any) -> FollowUp:
    return make(due_at=None, tries=16, reason="LookupError", **overrides)


def listed(browser: Browser, query: str = "") -> list[Any]:
    return list(browser.get(LIST + query).context["cl"].result_list)


def call_again(browser: Browser, *chosen: FollowUp, query: str = "") -> list[str]:
    ticked = [follow_up.pk for follow_up in chosen]
    answer = browser.post(LIST + query, {"action": "call_again", "_selected_action": ticked}, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "waiting"),
        ({"leased_until": timezone.now() + timedelta(hours=9)}, "running"),
        ({"leased_until": timezone.now() - timedelta(hours=9)}, "waiting"),
        ({"due_at": None, "reason": "LookupError"}, "given up"),
    ],
    ids=["waiting", "leased", "lease over", "given up"],
)
def test_list_shows_what_becomes_of_a_call(admin_client: Browser, columns: dict[str, Any], state: str) -> None:
    make(**columns)
    content = admin_client.get(LIST).content.decode()
    assert f">{state}</span>" in content
    assert "/admin/sync/delivery/7/change/" in content


def test_list_is_filtered_by_what_was_given_up(admin_client: Browser) -> None:
    waiting, dead = make(), given_up()
    assert listed(admin_client, "?is=given-up") == [dead]
    assert listed(admin_client, "?is=open") == [waiting]
    assert listed(admin_client, "?is=nonsense") == [dead, waiting]


def test_search_finds_by_delivery(admin_client: Browser) -> None:
    found, _ = make(delivery=77), make(delivery=7)
    assert listed(admin_client, "?q=77") == [found]
    assert listed(admin_client, "?q=hook") == []


def test_given_up_calls_are_made_again_and_counted(admin_client: Browser) -> None:
    dead, waiting = [given_up(), given_up()], make()
    assert call_again(admin_client, *dead, waiting) == ["2 called again, 1 was not given up."]
    assert not FollowUp.objects.given_up().exists()
    assert [entry.message for entry in deeds()] == ["Called again."] * 2
    assert call_again(admin_client, *dead) == ["0 called again, 2 were not given up."]


def test_call_that_left_the_filter_is_counted(admin_client: Browser) -> None:
    assert call_again(admin_client, make(), query="?is=given-up") == ["0 called again, 1 was not given up."]


def test_too_many_calls_are_left_alone(admin_client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    assert call_again(admin_client, *[given_up() for _ in range(3)]) == [
        "Nothing was done: at most 2 are taken at once."
    ]
    assert FollowUp.objects.given_up().count() == 3


def test_viewer_may_not_have_a_hook_called_again() -> None:
    browser, dead = operator("view_followup"), given_up()
    assert "call_again" not in browser.get(LIST).content.decode()
    call_again(browser, dead)
    assert FollowUp.objects.given_up().exists()


def test_operator_may_have_a_hook_called_again() -> None:
    assert call_again(operator("view_followup", "change_followup"), given_up()) == ["1 called again."]


def test_first_page_counts_what_was_given_up(admin_client: Browser) -> None:
    make()
    given_up()
    cards = {card.title: card for card in admin_client.get("/admin/").context["cards"]}
    figures = {figure.title: figure for figure in cards["Follow ups"].figures}
    assert (figures["waiting"].value, figures["given up"].value, figures["given up"].alarming) == ("1", "1", True)


def test_given_up_calls_are_found_by_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sync_followup (hook, delivery, due_at, tries, reason)"
            " SELECT 'h', n, CASE WHEN n % 500 <> 0 THEN now() END, 0, '' FROM generate_series(1, 20000) AS n"
        )
        cursor.execute("ANALYZE sync_followup")
    plan = FollowUp.objects.given_up().order_by("-pk")[:50].explain()
    assert "sync_follow_up_given_up" in plan


def test_what_a_hook_is_called_is_escaped(admin_client: Browser) -> None:
    follow_up = given_up(hook="<script>alert(1)</script>")
    for address in (LIST, f"{LIST}{follow_up.pk}/change/"):
        assert "<script>alert(1)" not in admin_client.get(address).content.decode()
