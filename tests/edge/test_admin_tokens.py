"""Issuing and revoking tokens in the admin."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from connector.edge.models import Client, Scope, Token
from connector.edge.tokens import caller_of, issue
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/edge/token/add/", "/admin/edge/token/"


def submit(browser: Browser, **overrides: object) -> HttpResponse:
    return browser.post(ADD, {"new_client": "shop", "scope": "read", "expires_at": "", **overrides})


def text_of(answer: HttpResponse) -> str:
    return answer.context["text"]


def revoke_selected(browser: Browser, *tokens: Token) -> list[str]:
    chosen = {"action": "revoke", "_selected_action": [token.pk for token in tokens]}
    return [str(message) for message in browser.post(LIST, chosen, follow=True).context["messages"]]


def test_issued_token_is_shown_and_works(admin_client: Browser) -> None:
    answer = submit(admin_client)
    assert answer.content.decode().count(text_of(answer)) == 1
    caller = caller_of(text_of(answer))
    assert caller is not None
    assert (caller.client_name, caller.scope) == ("shop", "read")


def test_issued_token_is_never_shown_again(admin_client: Browser) -> None:
    text = text_of(submit(admin_client))
    token = Token.objects.get()
    for address in (ADD, LIST, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/history/", "/admin/"):
        page = admin_client.get(address).content.decode()
        assert text not in page
        assert text.rpartition("_")[2] not in page


def test_issued_token_is_kept_nowhere(admin_client: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = submit(admin_client)
    secret = text_of(answer).rpartition("_")[2]
    assert secret not in caplog.text
    assert secret not in str(answer.headers) + str(answer.cookies)
    assert all(secret not in str(session.get_decoded()) for session in Session.objects.all())
    assert all(secret not in f"{entry.label}{entry.message}" for entry in deeds())


def test_answer_with_a_token_may_not_be_stored(admin_client: Browser) -> None:
    assert "no-store" in submit(admin_client)["Cache-Control"]


def test_second_token_of_a_client_belongs_to_it(admin_client: Browser) -> None:
    client = issue(client_name="shop")[0].client
    submit(admin_client, new_client="", client=client.pk)
    assert Token.objects.filter(client=client).count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"new_client": ""},
        {"new_client": "known"},
        {"client": "known", "new_client": "other"},
        {"scope": "admin"},
        {"expires_at": "2020-01-01T00:00"},
        {"expires_at": "soon"},
        {"new_client": "x" * 101},
    ],
    ids=["no client", "known name", "two clients", "scope", "past", "no moment", "long name"],
)
def test_nothing_is_issued_when_the_form_is_wrong(admin_client: Browser, given: dict[str, str]) -> None:
    known = Client.objects.create(name="known")
    given = {**given, "client": known.pk} if "client" in given else given
    answer = submit(admin_client, **given)
    assert answer.status_code == 200
    assert not Token.objects.exists()
    assert answer.context["form"].errors


@pytest.mark.usefixtures("shops")
def test_token_of_a_tenant_is_issued_and_shown_with_it(admin_client: Browser) -> None:
    answer = submit(admin_client, scope="hood", tenant="Acme")
    caller = caller_of(text_of(answer))
    assert caller is not None
    assert (caller.scope, caller.tenant) == ("hood", "7")
    assert "Authorization: Bearer" in answer.content.decode()
    token = Token.objects.get()
    for page in (LIST, f"{LIST}{token.pk}/change/", f"/admin/edge/client/{token.client_id}/change/"):
        assert "shop 7" in admin_client.get(page).content.decode()


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize(
    "given",
    [{"scope": "hood"}, {"scope": "hood", "tenant": "Nobody"}, {"scope": "read", "tenant": "Acme"}],
    ids=["no tenant", "wrong tenant", "tenant too many"],
)
def test_nothing_is_issued_to_a_tenant_that_cannot_be(admin_client: Browser, given: dict[str, str]) -> None:
    answer = submit(admin_client, **given)
    assert list(answer.context["form"].errors) == ["tenant"]
    assert not Token.objects.exists()


@pytest.mark.usefixtures("shops")
def test_tokens_are_listed_by_as_many_queries_as_there_are_kinds(
    admin_client: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        issue(client_name=f"app {number}", scope=Scope.HOOD, tenant=str(number))
    with django_assert_max_num_queries(12):
        assert admin_client.get(LIST).content.decode().count("shop ") >= 20


def test_expiry_is_kept(admin_client: Browser) -> None:
    submit(admin_client, expires_at="2999-12-31T12:30")
    assert Token.objects.get().expires_at.isoformat() == "2999-12-31T12:30:00+00:00"


def test_issuing_needs_its_permission() -> None:
    assert submit(operator("view_token")).status_code == 403
    assert not Token.objects.exists()


def test_issuing_needs_a_csrf_token(admin_user: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    assert submit(browser).status_code == 403


def test_revoking_reports_how_many_were_revoked(admin_client: Browser) -> None:
    tokens = [issue(client_name="shop")[0] for _ in range(3)]
    tokens[0].revoke()
    assert revoke_selected(admin_client, *tokens) == ["Tokens revoked: 2; 1 had been revoked before."]
    assert not Token.objects.active().exists()


def test_revoking_on_the_page_revokes_that_token(admin_client: Browser) -> None:
    token, other = issue(client_name="shop")[0], issue(client_name="shop")[0]
    page = f"{LIST}{token.pk}/change/"
    assert f"{token.pk}/revoke/" in admin_client.get(page).content.decode()
    assert admin_client.post(f"{LIST}{token.pk}/revoke/")["Location"] == page
    assert list(Token.objects.active()) == [other]


def test_revoking_is_not_done_by_a_link(admin_client: Browser) -> None:
    token = issue(client_name="shop")[0]
    assert admin_client.get(f"{LIST}{token.pk}/revoke/").status_code == 405
    assert Token.objects.active().exists()


def test_revoking_needs_its_permission() -> None:
    token, browser = issue(client_name="shop")[0], operator("view_token")
    assert browser.post(f"{LIST}{token.pk}/revoke/").status_code == 403
    revoke_selected(browser, token)
    assert b"/revoke/" not in browser.get(f"{LIST}{token.pk}/change/").content
    assert Token.objects.active().exists()


def test_tokens_are_filtered_by_state(admin_client: Browser) -> None:
    active, expired, revoked = (issue(client_name="shop")[0] for _ in range(3))
    Token.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked.revoke()
    for state, token in (("active", active), ("expired", expired), ("revoked", revoked)):
        assert list(admin_client.get(f"{LIST}?state={state}").context["cl"].result_list) == [token]


def test_digest_is_not_shown(admin_client: Browser) -> None:
    token = issue(client_name="shop")[0]
    page = admin_client.get(f"{LIST}{token.pk}/change/").content.decode()
    assert bytes(token.digest).hex() not in page
    assert "digest" not in page.lower()
