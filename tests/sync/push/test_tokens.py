"""The tokens that Dsync gave us: set in the admin or by command, encrypted, and never shown again."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser

from sync.models import PushToken, Switch
from sync.push.message import Message, message
from sync.push.tokens import set_token, tokens_of
from tests.audit import deeds
from tests.conftest import operator
from tests.sync.push.test_admin_pushes import make

pytestmark = pytest.mark.django_db
LIST = "/admin/sync/pushtoken/"
SECRET = "secret-of-a-test"


def add(browser: Browser, entity: str = "product", secret: str = SECRET) -> Any:
    return browser.post(f"{LIST}add/", {"entity": entity, "secret": secret}, follow=True)


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM sync_pushtoken")
        return [token for (token,) in cursor.fetchall()]


def test_token_is_kept_encrypted(admin_client: Browser) -> None:
    add(admin_client, "")
    add(admin_client)
    assert tokens_of("product").entity == SECRET
    assert SECRET not in str(stored())


def test_token_is_shown_nowhere(admin_client: Browser) -> None:
    answers = [add(admin_client), add(admin_client, secret=f"{SECRET} with a space")]
    number = PushToken.objects.get().pk
    answers += [admin_client.get(LIST), admin_client.get(f"{LIST}{number}/change/")]
    assert [SECRET in answer.content.decode() for answer in answers] == [False] * 4
    assert SECRET not in str(deeds().values_list())


def test_token_is_replaced(admin_client: Browser) -> None:
    add(admin_client)
    number = PushToken.objects.get().pk
    admin_client.post(f"{LIST}{number}/change/", {"secret": "another"})
    assert list(PushToken.objects.values_list("pk", "entity", "token")) == [(number, "product", "another")]


def test_token_that_no_key_opens_can_be_replaced(admin_client: Browser) -> None:
    add(admin_client)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_pushtoken SET token = 'nothing'")
    number = PushToken.objects.defer("token").get().pk
    assert admin_client.get(LIST).status_code == 200
    admin_client.post(f"{LIST}{number}/change/", {"secret": "another"})
    assert PushToken.objects.get().token == "another"


@pytest.mark.parametrize("secret", ["", "a b", "ä", "a\tb", "x" * 1001], ids=["none", "space", "umlaut", "tab", "long"])
def test_what_is_no_token_is_refused(admin_client: Browser, secret: str) -> None:
    assert "secret" in add(admin_client, secret=secret).context["adminform"].form.errors
    assert not PushToken.objects.exists()


def test_what_is_set_already_is_not_offered(admin_client: Browser) -> None:
    add(admin_client)
    offered = admin_client.get(f"{LIST}add/").context["adminform"].form.fields["entity"].choices
    assert ("", "Auth-Token") in offered
    assert "product" not in dict(offered)


def test_tokens_are_set_by_who_may() -> None:
    assert add(operator("view_pushtoken")).status_code == 403


# By command


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = f"{SECRET}\n") -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command("set_push_token", *arguments, stdout=out)
    return out.getvalue()


def test_command_reads_the_token_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch) == "Auth-Token is set.\n"
    assert run(monkeypatch, "product", typed="other") == "Entity-Token of product is set.\n"
    assert (tokens_of("product").auth, tokens_of("product").entity) == (SECRET, "other")


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [(["nothing"], "x", "There is no entity 'nothing'"), ([], "\n", "not empty"), ([], "a b", "no spaces")],
    ids=["entity", "empty", "space"],
)
def test_command_refuses_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], typed: str, told: str
) -> None:
    with pytest.raises(CommandError, match=told):
        run(monkeypatch, *arguments, typed=typed)


# Switching on


def switch(browser: Browser) -> Any:
    return browser.post("/admin/sync/switch/add/", {"entity": "product", "is_pushed": "on"}, follow=True)


def test_entity_is_not_pushed_before_both_tokens_are_set(admin_client: Browser) -> None:
    set_token("", SECRET)
    (told,) = switch(admin_client).context["adminform"].form.errors["is_pushed"]
    assert told == "Set the Entity-Token of product first (Push tokens)."
    assert not Switch.objects.exists()


def test_entity_is_pushed_and_takes_writes_as_declared(admin_client: Browser) -> None:
    set_token("", SECRET)
    set_token("product", SECRET)
    content = switch(admin_client).content.decode()
    assert ">pushed</span>" in content
    assert [(row.mode, row.is_pushed) for row in Switch.objects.all()] == [("", True)]


# Nothing tells them


def test_what_is_sent_tells_nothing_by_its_repr() -> None:
    set_token("", SECRET)
    set_token("product", SECRET)
    sent = message(make(), '{"sku": "payload"}', tokens_of("product"))
    assert isinstance(sent, Message)
    told = repr([sent, tokens_of("product"), list(PushToken.objects.values_list("token"))])
    assert SECRET not in told
    assert "payload" not in told
