from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from connector.edge.models import Client, Scope, Token
from connector.edge.tokens import caller_of, forget_callers, issue, random_text

pytestmark = pytest.mark.django_db


def test_a_token_has_a_readable_prefix_and_40_or_more_random_characters() -> None:
    token, text = issue(client_name="dsync")
    assert re.fullmatch(r"dsync_[A-Za-z2-9]{8}_[A-Za-z2-9]{40,}", text)
    assert text.startswith(f"{token.prefix}_")


def test_a_token_is_stored_as_its_digest_alone() -> None:
    token, text = issue(client_name="dsync")
    stored = Token.objects.values().get(pk=token.pk)
    assert bytes(stored["digest"]) == hashlib.sha256(text.encode()).digest()
    assert text not in str(stored)


def test_tokens_of_a_name_belong_to_one_client() -> None:
    first, second = (issue(client_name="dsync")[0] for _ in range(2))
    assert first.client_id == second.client_id
    assert first.prefix != second.prefix
    assert Client.objects.count() == 1


def test_a_caller_is_its_client_with_the_scope_of_the_token() -> None:
    token, text = issue(client_name="dsync", scope=Scope.READ)
    caller = caller_of(text)
    assert caller
    assert (caller.client_id, caller.client_name, caller.scope) == (token.client_id, "dsync", "read")


@pytest.mark.parametrize(
    ("scope", "asked", "may"),
    [("read", "read", True), ("read", "write", False), ("write", "read", True), ("write", "write", True)],
)
def test_a_scope_allows_itself_and_writing_allows_reading(scope: str, asked: str, *, may: bool) -> None:
    caller = caller_of(issue(client_name="dsync", scope=Scope(scope))[1])
    assert caller
    assert caller.may(Scope(asked)) is may


def test_a_token_beside_a_wrong_secret_is_unknown() -> None:
    token, _ = issue(client_name="dsync")
    assert caller_of(f"{token.prefix}_{'A' * 44}") is None


def test_a_token_that_no_database_can_hold_is_unknown() -> None:
    assert caller_of(f"dsync_a\0_{random_text(44)}") is None


def test_a_token_that_expires_now_is_expired() -> None:
    _, text = issue(client_name="dsync", expires_at=timezone.now())
    assert caller_of(text) is None


def test_a_token_revoked_twice_keeps_its_first_moment() -> None:
    token, _ = issue(client_name="dsync")
    assert [token.revoke(), token.revoke()] == [True, False]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "active"),
        ({"expires_at": timezone.now() + timedelta(days=1)}, "active"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expired"),
        ({"revoked_at": timezone.now()}, "revoked"),
        ({"revoked_at": timezone.now(), "expires_at": timezone.now()}, "revoked"),
    ],
    ids=["fresh", "expires", "expired", "revoked", "both"],
)
def test_a_token_tells_its_state(changes: dict[str, object], state: str) -> None:
    token, _ = issue(client_name="dsync")
    Token.objects.update(**changes)
    token.refresh_from_db()
    assert token.state == state
    assert (token in Token.objects.active()) == (state == "active")


def test_a_scope_that_nobody_knows_cannot_be_stored() -> None:
    token, _ = issue(client_name="dsync")
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(scope="admin")


def test_a_use_that_cannot_be_noted_does_not_end_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("read-only")

    _, text = issue(client_name="dsync")
    monkeypatch.setattr("django.db.models.QuerySet.update", fail)
    assert caller_of(text)


def test_a_caller_is_remembered_until_forgotten() -> None:
    _, text = issue(client_name="dsync")
    assert caller_of(text)
    Token.objects.update(revoked_at=timezone.now())
    assert caller_of(text)
    forget_callers()
    assert caller_of(text) is None
