"""Tokens that nobody has: some are answered 401, the rest of the minute 429; a right one never is."""

from __future__ import annotations

from ipaddress import IPv6Address
from random import getrandbits
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from connector.edge.models import Client as Owner
from connector.edge.models import Scope
from connector.edge.tokens import issue, random_text
from tests.conftest import Dsync

pytestmark = pytest.mark.django_db
LIMIT = 3


@pytest.fixture(autouse=True)
def _few_guesses(settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = LIMIT


def somewhere() -> Client:
    """Return a machine that no test has called from."""
    return Client(REMOTE_ADDR=str(IPv6Address(getrandbits(128))))


def guess(http: Client, beginning: str = "") -> HttpResponse:
    token = f"dsync_{beginning or random_text(8)}_{random_text(44)}"
    return Dsync(token, http).send("GET", "/datalayout")


def guesses(http: Client, beginning: str = "") -> list[int]:
    return [guess(http, beginning).status_code for _ in range(LIMIT + 2)]


def test_guesses_from_an_address_are_told_to_wait() -> None:
    assert guesses(somewhere()) == [401] * LIMIT + [429] * 2


def test_guesses_with_one_beginning_are_told_to_wait_wherever_they_come_from() -> None:
    beginning = random_text(8)
    assert [guess(somewhere(), beginning).status_code for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


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


def test_a_right_token_is_not_slowed_from_where_others_guess() -> None:
    here = somewhere()
    guesses(here)
    assert Dsync(issue(client_name="dsync")[1], here).send("GET", "/datalayout").status_code == 200


def test_a_right_token_is_not_slowed_while_others_guess_its_end() -> None:
    here, (token, text) = somewhere(), issue(client_name="dsync")
    guesses(here, token.prefix.removeprefix("dsync_"))
    assert [Dsync(text, http).send("GET", "/datalayout").status_code for http in (here, somewhere())] == [200, 200]


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
    calls = [here.get("/v1/hood/partners", headers={"Authorization": f"Bearer {n}"}) for n in range(LIMIT + 1)]
    assert [call.status_code for call in calls] == [401] * LIMIT + [429]
    assert "Retry-After" in calls[-1]


def test_guesses_of_the_token_of_metrics_are_told_to_wait(settings: Any) -> None:
    here, settings.CONNECTOR_METRICS_TOKEN = somewhere(), random_text(44)
    sent = [*(random_text(44) for _ in range(LIMIT + 1)), settings.CONNECTOR_METRICS_TOKEN]
    calls = [here.get("/metrics", headers={"Authorization": f"Bearer {text}"}) for text in sent]
    assert [call.status_code for call in calls] == [401] * LIMIT + [429, 200]


def test_guesses_are_strange_and_no_more_while_valkey_is_away(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/1"
    assert guesses(somewhere()) == [401] * (LIMIT + 2)


def test_any_number_of_guesses_is_strange_where_the_operator_says_so(settings: Any) -> None:
    settings.CONNECTOR_TOKEN_GUESSES = 0
    assert guesses(somewhere()) == [401] * (LIMIT + 2)
