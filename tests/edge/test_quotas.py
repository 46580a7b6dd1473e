"""Quotas of clients on Dsync's routes: none unless one is set, counted across tokens, and open while Valkey is away."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from connector.edge import open_rates, quotas
from connector.edge.models import Client, Scope
from connector.edge.rates import key, uncounted_calls
from connector.edge.tokens import forget_callers, issue
from connector.edge.valkey import client as valkey
from sync.models import Delivery
from tests.conftest import Dsync, example

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(dsync: Dsync, settings: Any) -> Dsync:
    """A client that has two calls in a minute, none of which is used."""
    Client.objects.update(steady=2)
    for client in Client.objects.all():
        valkey(settings.REDIS_URL, 10).delete(key(f"client:{client.pk}"))
    return dsync


def statuses(side: Dsync, calls: int = 4) -> list[int]:
    return [side.send("GET", "/datalayout").status_code for _ in range(calls)]


def test_a_client_without_a_quota_makes_any_number_of_calls(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(quotas, "admit_openly")  # Nothing is counted, and nobody is asked.
    assert statuses(dsync) == [200] * 4


def test_a_client_is_told_to_wait_when_its_quota_is_used_up(limited: Dsync) -> None:
    assert statuses(limited) == [200, 200, 429, 429]


def test_a_refused_call_is_told_how_long_to_wait(limited: Dsync) -> None:
    statuses(limited)
    answer = limited.send("GET", "/datalayout")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["message"].startswith("Too Many Requests: The client has used up its quota")


def test_a_second_and_a_minute_hold_at_once(limited: Dsync) -> None:
    Client.objects.update(burst=1, steady=100)
    forget_callers()
    assert statuses(limited, 2) == [200, 429]
    assert int(limited.send("GET", "/datalayout")["Retry-After"]) == 1


def test_a_refused_write_is_neither_read_nor_stored(
    limited: Dsync, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    statuses(limited)
    with django_assert_num_queries(0):
        assert limited.send("POST", "//entity/product", example("create.request")).status_code == 429
    assert not Delivery.objects.exists()


def test_a_quota_is_of_all_tokens_of_a_client(limited: Dsync) -> None:
    other = Dsync(issue(client_name="dsync", scope=Scope.READ)[1], limited.http)
    assert [*statuses(limited, 1), *statuses(other, 2)] == [200, 200, 429]


def test_a_quota_is_of_one_client_alone(limited: Dsync) -> None:
    statuses(limited)
    other = Dsync(issue(client_name="other")[1], limited.http)
    assert statuses(other) == [200] * 4


def test_a_strange_token_takes_nothing_of_a_quota(limited: Dsync) -> None:
    for _ in range(4):
        limited.send("GET", "/datalayout", Auth_Token=f"{limited.token}x")
    assert statuses(limited, 2) == [200, 200]


@pytest.mark.parametrize("is_frozen", [False, True], ids=["dead", "frozen"])
def test_calls_pass_whatever_the_quota_while_valkey_is(limited: Dsync, settings: Any, *, is_frozen: bool) -> None:
    settings.CONNECTOR_RATE_OPEN = False  # Of the partner contract alone.
    before = uncounted_calls._value.get()
    with socket.create_server(("127.0.0.1", 0)) as server:  # It takes connections and never answers.
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1] if is_frozen else 1}/2"
        assert statuses(limited) == [200] * 4
    assert uncounted_calls._value.get() == before + 4


def test_one_call_in_a_second_waits_for_a_valkey_that_is_away(
    limited: Dsync, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/3"
    statuses(limited, 1)
    monkeypatch.delattr(open_rates, "take")
    assert statuses(limited) == [200] * 4
