"""Tokens of one tenant: to whom they are issued, and how the tenant is told."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import Value
from pytest_django import DjangoAssertNumQueries

from connector.edge import tenants
from connector.edge.models import Client, Scope, Token
from connector.edge.tenants import Tenants, issuable_scopes, issue_to, with_tenant_names
from connector.edge.tokens import caller_of, issue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shops")]


def test_a_caller_has_the_tenant_of_its_token() -> None:
    caller = caller_of(issue_to(client_name="app", scope=Scope.HOOD, tenant_name=" Acme ")[1])
    assert caller
    assert (caller.scope, caller.tenant, caller.account) == ("hood", "7", "hood:7")


def test_a_token_tells_its_contract_by_its_first_characters() -> None:
    _, text = issue_to(client_name="app", scope=Scope.HOOD, tenant_name="Acme")
    assert text.startswith("hood_")


@pytest.mark.parametrize(
    ("scope", "name", "message"),
    [
        ("hood", "", "opens the data of one shop: name it"),
        ("hood", "Nobody", "Nobody cannot be a shop"),
        ("write", "Acme", "name no shop"),
    ],
)
def test_no_token_is_issued_to_a_tenant_that_cannot_be(scope: str, name: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        issue_to(client_name="app", scope=Scope(scope), tenant_name=name)
    assert not Client.objects.exists()


def test_no_tenant_is_left_without_the_token_that_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shops = Tenants("shop", lambda name: str(Client.objects.create(name=name).pk), lambda: Value(""))
    monkeypatch.setattr(tenants, "_tenants", {Scope.HOOD: shops})
    with pytest.raises(DataError):
        issue_to(client_name="x" * 101, scope=Scope.HOOD, tenant_name="Acme")
    assert not Client.objects.exists()


@pytest.mark.parametrize(("scope", "tenant"), [("hood", ""), ("write", "7"), ("read", "7")])
def test_a_token_whose_tenant_does_not_fit_its_scope_cannot_be_stored(scope: str, tenant: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        issue(client_name="app", scope=Scope(scope), tenant=tenant)


def test_no_scope_is_issued_whose_tenants_nobody_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenants, "_tenants", {})
    assert issuable_scopes() == [Scope.READ, Scope.WRITE]


def test_names_of_tenants_come_with_their_rows(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for name in ("Acme", "Bcme"):
        issue_to(client_name="app", scope=Scope.HOOD, tenant_name=name)
    issue(client_name="dsync")
    with django_assert_num_queries(1):
        named = with_tenant_names(Token.objects.order_by("pk"))
        assert [token.tenant_name for token in named] == ["shop 7", "shop 8", ""]
