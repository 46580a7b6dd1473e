"""`issue_token`, `list_tokens` and `revoke_token`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connector.edge.models import Client, Token
from connector.edge.tokens import caller_of

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_issue_token_prints_a_good_token_alone_on_its_last_line() -> None:
    caller = caller_of(run("issue_token", "dsync").splitlines()[-1])
    assert caller
    assert (caller.client_name, caller.scope, caller.expires_at) == ("dsync", "write", None)


def test_issue_token_takes_a_scope_and_a_date() -> None:
    run("issue_token", "dsync", "--scope=read", "--expires=2999-12-31")
    token = Token.objects.get()
    assert (token.scope, str(token.expires_at)) == ("read", "2999-12-31 00:00:00+00:00")


def test_issue_token_gives_a_second_token_to_the_same_client() -> None:
    run("issue_token", "dsync")
    run("issue_token", " dsync ")
    assert (Client.objects.count(), Token.objects.count()) == (1, 2)


@pytest.mark.usefixtures("shops")
def test_issue_token_issues_to_a_tenant() -> None:
    *told, text = run("issue_token", "app", "--scope=hood", "--shop=Acme").splitlines()
    caller = caller_of(text)
    assert caller
    assert (caller.client_name, caller.scope, caller.tenant) == ("app", "hood", "7")
    assert told == ["A hood token of app for Acme; keep it now, it is shown only once:"]


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scope=hood"], "A hood token opens the data of one shop: name it."),
        (["--scope=hood", "--shop=Nobody"], "Nobody cannot be a shop."),
        (["--shop=Acme"], "name no shop"),
    ],
    ids=["no tenant", "wrong tenant", "tenant too many"],
)
def test_issue_token_refuses_a_tenant_that_cannot_be(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("issue_token", "app", *arguments)
    assert not Client.objects.exists()


@pytest.mark.usefixtures("shops")
def test_issue_token_refuses_a_client_whose_quota_would_hold_nowhere() -> None:
    Client.objects.create(name="app", burst=5)
    with pytest.raises(CommandError, match="A quota holds on Dsync's routes alone"):
        run("issue_token", "app", "--scope=hood", "--shop=Acme")
    assert not Token.objects.exists()


@pytest.mark.parametrize("date", ["2020-01-01", "soon", "", "2999-13-01", "0001-01-01T00:00:00+14:00"])
def test_issue_token_refuses_a_date_that_is_not_ahead(date: str) -> None:
    with pytest.raises(CommandError):
        run("issue_token", "dsync", f"--expires={date or ' '}")
    assert not Token.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_issue_token_refuses_a_name_that_is_none(name: str) -> None:
    with pytest.raises(CommandError, match="1 to 100"):
        run("issue_token", name)


def test_list_tokens_shows_prefixes_and_never_tokens() -> None:
    text = run("issue_token", "dsync").splitlines()[-1]
    told = run("list_tokens")
    assert Token.objects.get().prefix in told
    assert text not in told
    assert told.split()[:5] == ["CLIENT", "PREFIX", "SCOPE", "TENANT", "STATE"]


@pytest.mark.usefixtures("shops")
def test_list_tokens_shows_whose_data_each_opens() -> None:
    run("issue_token", "dsync")
    run("issue_token", "app", "--scope=hood", "--shop=Acme")
    of_app, of_dsync = [line.split() for line in run("list_tokens").splitlines()[1:]]
    assert of_app[2:5] == ["hood", "shop", "7"]
    assert of_dsync[2:4] == ["write", "all"]


def test_list_tokens_shows_an_empty_list() -> None:
    assert run("list_tokens").startswith("CLIENT")


def test_revoke_token_takes_the_first_characters() -> None:
    text = run("issue_token", "dsync").splitlines()[-1]
    assert run("revoke_token", Token.objects.get().prefix[:-2]).endswith("is revoked.\n")
    assert caller_of(text) is None


def test_revoke_token_says_when_it_was_revoked_before() -> None:
    run("issue_token", "dsync")
    run("revoke_token", "dsync_")
    assert run("revoke_token", "dsync_").endswith("was revoked before.\n")


def test_revoke_token_refuses_what_names_several() -> None:
    run("issue_token", "dsync")
    run("issue_token", "dsync")
    with pytest.raises(CommandError, match="Several"):
        run("revoke_token", "dsync_")
    assert Token.objects.active().count() == 2


def test_revoke_token_refuses_what_names_none() -> None:
    with pytest.raises(CommandError, match="No token"):
        run("revoke_token", "nothing")
