"""Tokens that nobody has: some are answered 401, the rest of the minute 429; what was in use from there goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from random import getrandbits
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connector.edge import accepted
from connector.edge.accepted import forget_accepted
from connector.edge.address import counted_as
from connector.edge.digests import hidden
from connector.edge.models import Client as Owner
from connector.edge.models import Scope, Token
from connector.edge.rates import key, uncounted_calls
from connector.edge.tokens import forget_callers, issue, random_text, secret_digest
from connector.edge.valkey import client as valkey_client
from tests.conftest import Dsync

pytestmark = pytest.mark.django_db
LIMIT = 3


@pytest.fixture(autouse=True)
def _few_guesses(settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = LIMIT


def valkey(settings: Any) -> Any:
    return valkey_client(settings.REDIS_URL, 10)


def somewhere() -> Client:
    """Return a machine that no test has called from."""
    return Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))


def guess(http: Client, beginning: str = "") -> HttpResponse:
    token = f"dsync_{beginning or random_text(8)}_{random_text(44)}"
    return Dsync(token, http).send("GET", "/datalayout")


def calls(side: Dsync, times: int = 1) -> list[int]:
    return [side.send("GET", "/datalayout").status_code for _ in range(times)]


def in_use() -> Dsync:
    """Return a side whose token was accepted where it is."""
    side = Dsync(issue(client_name="dsync")[1], somewhere())
    assert calls(side) == [200]
    return side


def kept_name(side: Dsync) -> str:
    """Return by what Valkey knows a side that was accepted."""
    return accepted.key(secret_digest(side.token), counted_as(side.http.defaults["REMOTE_ADDR"]))


def guesses(http: Client, beginning: str = "") -> list[int]:
    return [guess(http, beginning).status_code for _ in range(LIMIT + 2)]


def test_guesses_from_an_address_are_told_to_wait() -> None:
    assert guesses(somewhere()) == [401] * LIMIT + [429] * 2


def test_guesses_with_one_beginning_are_told_to_wait_wherever_they_come_from() -> None:
    beginning = random_text(8)
    assert [guess(somewhere(), beginning).status_code for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


def test_guesses_that_are_told_to_wait_leave_no_more_names_in_valkey(settings: Any) -> None:
    here, first, later = somewhere(), random_text(8), random_text(8)
    guesses(here, first)
    assert guess(here, later).status_code == 429
    names = [key(f"token:prefix:{hidden(f'dsync_{beginning}')}") for beginning in (first, later)]
    assert [valkey(settings).exists(name) for name in names] == [1, 0]


def test_tokens_that_begin_like_none_are_counted_by_their_address_alone() -> None:
    statuses = [Dsync(random_text(44), somewhere()).send("GET", "/datalayout").status_code for _ in range(LIMIT + 1)]
    assert statuses == [401] * (LIMIT + 1)


def test_guesses_are_told_how_long_to_wait() -> None:
    here = somewhere()
    guesses(here)
    answer = guess(here)
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "nobody has" in answer.json()["message"]


def test_guesses_from_a_network_of_one_neighbour_are_counted_together() -> None:
    network = getrandbits(64) << 64
    statuses = [guess(Client(REMOTE_ADDR=str(IPv6Address(network + n)))).status_code for n in range(LIMIT + 1)]
    assert statuses == [401] * LIMIT + [429]


def test_a_right_guess_learns_nothing_where_others_were_wrong() -> None:
    here, (_, text) = somewhere(), issue(client_name="dsync")
    guesses(here)
    assert [calls(Dsync(text, http)) for http in (here, somewhere())] == [[429], [200]]


def test_a_right_guess_at_a_token_in_use_learns_nothing_either() -> None:
    side = in_use()
    guesses(somewhere(), side.token.split("_")[1])
    assert [calls(Dsync(side.token, http)) for http in (somewhere(), side.http)] == [[429], [200]]


def test_a_guess_beyond_the_limit_is_not_looked_up(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    here = somewhere()
    guesses(here)
    with django_assert_num_queries(0):
        assert guess(here).status_code == 429


@pytest.mark.parametrize("forget", [lambda: None, forget_accepted], ids=["the same process", "another process"])
def test_a_token_in_use_goes_on_from_where_others_guess(forget: Callable[[], None]) -> None:
    side = in_use()
    guesses(side.http)
    forget()
    assert calls(side) == [200]


def test_a_token_in_use_goes_on_from_a_neighbour_of_its_network() -> None:
    side, network = in_use(), getrandbits(64) << 64
    here, beside = (Client(REMOTE_ADDR=str(IPv6Address(network + number))) for number in range(2))
    assert calls(Dsync(side.token, here)) == [200]
    guesses(beside)
    assert calls(Dsync(side.token, beside)) == [200]


def test_a_token_that_was_revoked_does_not_keep_its_successor_out() -> None:
    side = in_use()
    Token.objects.get().revoke()
    forget_callers()
    assert calls(side, LIMIT + 2) == [401] * (LIMIT + 2)
    assert calls(Dsync(issue(client_name="dsync")[1], side.http)) == [200]


def test_valkey_knows_a_digest_for_a_day(settings: Any) -> None:
    name = kept_name(in_use())
    assert re.fullmatch("connector:accepted:[0-9a-f]{64}", name)
    assert 24 * 3600 < valkey(settings).ttl(name) <= 25 * 3600


def test_valkey_that_was_emptied_knows_again_what_is_in_use(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepted, "TOLD_EVERY", 0)
    side = in_use()
    valkey(settings).delete(kept_name(side))
    calls(side)
    assert valkey(settings).exists(kept_name(side))


def test_a_right_token_is_no_guess() -> None:
    side = Dsync(issue(client_name="dsync", scope=Scope.READ)[1], somewhere())
    assert [side.send("POST", "/notification", b"{}").status_code for _ in range(LIMIT + 2)] == [401] * (LIMIT + 2)


def test_a_right_token_from_elsewhere_is_answered_as_a_guess() -> None:
    text = issue(client_name="dsync")[1]
    Owner.objects.update(networks="192.0.2.0/24")
    here = somewhere()
    guesses(here)
    assert Dsync(text, here).send("GET", "/datalayout").status_code == 429


def test_a_call_without_a_token_is_no_guess() -> None:
    side = Dsync("", somewhere())
    assert [side.send("GET", "/datalayout").status_code for _ in range(LIMIT + 2)] == [401] * (LIMIT + 2)


def test_guesses_of_bearers_are_told_to_wait() -> None:
    here = somewhere()
    answers = [here.get("/v1/hood/partners", headers={"Authorization": f"Bearer {n}"}) for n in range(LIMIT + 1)]
    assert [answer.status_code for answer in answers] == [401] * LIMIT + [429]
    assert "Retry-After" in answers[-1]


def test_guesses_of_the_token_of_metrics_are_told_to_wait(settings: Any) -> None:
    scraper, here, settings.CONNECTOR_METRICS_TOKEN = somewhere(), somewhere(), random_text(44)
    assert scrapes(scraper, settings.CONNECTOR_METRICS_TOKEN) == [200]
    wrong = [random_text(44) for _ in range(LIMIT + 1)]
    for http, last in ((scraper, 200), (here, 429)):
        assert scrapes(http, *wrong, settings.CONNECTOR_METRICS_TOKEN) == [*[401] * LIMIT, 429, last]


def scrapes(http: Client, *tokens: str) -> list[int]:
    return [http.get("/metrics", headers={"Authorization": f"Bearer {text}"}).status_code for text in tokens]


def test_a_process_counts_by_itself_while_valkey_is_away(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/1"
    side = in_use()
    assert guesses(side.http) == [401] * LIMIT + [429] * 2
    assert 0 < int(guess(side.http)["Retry-After"]) <= 60
    assert calls(side) == [200]
    assert calls(Dsync(issue(client_name="dsync")[1], side.http)) == [429]


def test_a_look_at_what_is_left_is_no_call_that_nobody_counted(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/2"
    before = uncounted_calls._value.get()
    assert guess(somewhere()).status_code == 401
    assert uncounted_calls._value.get() == before + 2  # by its address, and by its beginning


def test_any_number_of_guesses_is_strange_where_the_operator_says_so(settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = 0
    assert guesses(somewhere()) == [401] * (LIMIT + 2)
