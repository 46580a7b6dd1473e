"""Rotating a token in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from connector.edge.models import Token
from connector.edge.token_rotation import is_old, standing
from connector.edge.tokens import caller_of, issue
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db


def page(token: Token, action: str = "change") -> str:
    return f"/admin/edge/token/{token.pk}/{action}/"


def rotated(browser: Browser, token: Token, overlap: str = "7") -> Any:
    return browser.post(page(token, "rotate"), {"overlap": overlap})


def used(token: Token, minutes_ago: int) -> Token:
    Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now() - timedelta(minutes=minutes_ago))
    return token


def test_both_tokens_open_the_same_after_a_rotation(admin_client: Browser) -> None:
    old, text = issue(client_name="shop")
    answer = rotated(admin_client, old)
    callers = [caller_of(each) for each in (text, answer.context["text"])]
    assert [caller and (caller.client_name, caller.scope) for caller in callers] == [("shop", "write")] * 2
    assert answer.content.decode().count(answer.context["text"]) == 1
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("overlap", "days"), [("1", 1), ("7", 7), ("30", 30)])
def test_old_token_ends_after_the_overlap(admin_client: Browser, overlap: str, days: int) -> None:
    old, _ = issue(client_name="shop")
    rotated(admin_client, old, overlap)
    old.refresh_from_db()
    assert old.expires_at is not None
    assert timedelta(days=days - 1) < old.expires_at - timezone.now() <= timedelta(days=days)


def test_old_token_stays_until_it_is_revoked_where_that_is_chosen(admin_client: Browser) -> None:
    old, _ = issue(client_name="shop")
    rotated(admin_client, old, "")
    old.refresh_from_db()
    assert (old.expires_at, old.state) == (None, "active")


def test_rotation_ends_no_token_later_than_it_would(admin_client: Browser) -> None:
    end = timezone.now() + timedelta(hours=1)
    old, _ = issue(client_name="shop", expires_at=end)
    rotated(admin_client, old, "30")
    old.refresh_from_db()
    assert old.expires_at == end


def test_token_that_has_ended_is_not_rotated(admin_client: Browser) -> None:
    old, _ = issue(client_name="shop")
    old.revoke()
    answer = admin_client.post(page(old, "rotate"), {"overlap": "7"}, follow=True)
    assert "the token has ended" in str(*answer.context["messages"])
    assert Token.objects.count() == 1


@pytest.mark.parametrize(
    ("old_use", "new_use", "told"),
    [(5, None, "has not used"), (None, None, "has not used"), (60, 1, "can be revoked"), (1, 60, "Both are used")],
    ids=["new one unused", "none used", "new one in use", "old one in use"],
)
def test_page_tells_which_token_is_used(
    admin_client: Browser, old_use: int | None, new_use: int | None, told: str
) -> None:
    tokens = [issue(client_name="shop")[0] for _ in range(2)]
    for token, minutes in zip(tokens, (old_use, new_use), strict=True):
        if minutes is not None:
            used(token, minutes)
    assert told in admin_client.get(page(tokens[0])).content.decode()


def test_unused_token_is_urgent_once_the_old_one_has_an_end() -> None:
    old, _ = issue(client_name="shop", expires_at=timezone.now() + timedelta(days=1))
    issue(client_name="shop")
    assert standing(old).is_urgent


def test_tokens_of_others_are_no_part_of_a_rotation() -> None:
    token, _ = issue(client_name="shop")
    issue(client_name="other")
    assert [each.pk for each in standing(token).tokens] == [token.pk]


@pytest.mark.parametrize(("age", "days", "warnings"), [(366, 365, 1), (364, 365, 0), (9999, 0, 0)])
def test_old_token_is_warned_of(settings: Any, admin_client: Browser, age: int, days: int, warnings: int) -> None:
    settings.CONNECTOR_TOKEN_DAYS = days
    token, _ = issue(client_name="shop")
    Token.objects.update(created_at=timezone.now() - timedelta(days=age))
    token.refresh_from_db()
    assert is_old(token) == bool(warnings)
    assert admin_client.get(page(token)).content.decode().count("older than a token should be") == warnings


def test_rotation_is_in_the_log_without_the_token(admin_client: Browser) -> None:
    old, _ = issue(client_name="shop")
    secret = rotated(admin_client, old).context["text"].rpartition("_")[2]
    told = list(deeds().values_list("message", flat=True))
    assert told == [f"Issued in the place of {old.prefix}.", "Rotated; it ends in 7 days."]
    assert secret not in str(list(deeds().values()))


@pytest.mark.parametrize("permissions", [("view_token",), ("view_token", "add_token"), ("view_token", "change_token")])
def test_rotation_needs_leave_to_issue_and_to_revoke(permissions: tuple[str, ...]) -> None:
    old, _ = issue(client_name="shop")
    browser = operator(*permissions)
    assert rotated(browser, old).status_code == 403
    assert "Rotate" not in browser.get(page(old)).content.decode().replace("Rotation", "")


def test_answer_that_is_loaded_again_issues_no_other_token(admin_client: Browser) -> None:
    old, _ = issue(client_name="shop")
    form = {"overlap": "", "newest": old.pk}
    admin_client.post(page(old, "rotate"), form)
    again = admin_client.post(page(old, "rotate"), form)
    assert "was issued since this page was opened" in again.content.decode()
    assert Token.objects.count() == 2
