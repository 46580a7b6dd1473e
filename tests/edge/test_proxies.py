"""Who calls, and whether by TLS, is what trusted proxies say, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from connector.edge.bounds import refuse_wrong_settings
from connector.edge.middleware import ContractMiddleware

PROXIES = ["10.1.0.0/16", "2001:db8:1::/48"]


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def served(peer: str, forwarded: str = "203.0.113.1") -> HttpRequest:
    """Return a request as it stands behind the outermost layer."""
    seen: list[HttpRequest] = []
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"}
    request = RequestFactory().get("/datalayout", REMOTE_ADDR=peer, headers=headers)
    ContractMiddleware(lambda asked: [seen.append(asked), HttpResponse()][1])(request)  # type: ignore[func-returns-value,return-value]
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.1.0.9", "203.0.113.1", "203.0.113.1"),
        ("::ffff:10.1.0.9", "203.0.113.1", "203.0.113.1"),
        ("10.1.0.9", "198.51.100.7, 203.0.113.1", "203.0.113.1"),
        ("10.1.0.9", "198.51.100.7,203.0.113.1 , 2001:db8:1::7,10.1.0.8", "203.0.113.1"),
        ("10.1.0.9", "203.0.113.1, 10.2.0.1", "10.2.0.1"),
        ("10.1.0.9", "203.0.113.1, unknown, 10.1.0.8", "unknown"),
        ("10.1.0.9", "10.1.0.7, 10.1.0.8", "10.1.0.7"),
        ("10.1.0.9", "", "10.1.0.9"),
    ],
    ids=["one", "mapped", "forged", "several", "private", "unreadable", "proxies-alone", "none"],
)
def test_client_is_the_last_address_that_is_no_trusted_proxy(
    settings: Any, peer: str, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert served(peer, forwarded).META["REMOTE_ADDR"] == client


@pytest.mark.parametrize("peer", ["10.2.0.1", "127.0.0.1", "203.0.113.9", ""])
def test_nobody_but_the_proxies_that_are_named_is_believed(settings: Any, peer: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    asked = served(peer)
    assert (asked.META["REMOTE_ADDR"], asked.is_secure()) == (peer, False)


@pytest.mark.parametrize("peer", ["127.0.0.1", "172.18.0.3", "10.2.0.1", "fd00::7", "::1", "100.64.3.2"])
def test_a_neighbour_is_believed_what_it_has_seen_itself_where_none_are_named(peer: str) -> None:
    asked = served(peer, "198.51.100.7, 192.168.3.4")  # Whoever calls from 192.168.3.4 has made up the first one.
    assert (asked.META["REMOTE_ADDR"], asked.is_secure()) == ("192.168.3.4", True)


@pytest.mark.parametrize("peer", ["203.0.113.9", "172.32.0.1", "2001:db8::1", "", "localhost"])
def test_a_stranger_is_not_believed_where_none_are_named(peer: str) -> None:
    asked = served(peer)
    assert (asked.META["REMOTE_ADDR"], asked.is_secure()) == (peer, False)


def test_nothing_is_believed_without_a_proxy(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    asked = served("127.0.0.1")
    assert (asked.META["REMOTE_ADDR"], asked.is_secure()) == ("127.0.0.1", False)


def test_proxies_that_cannot_be_are_told_of_all_at_once(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    settings.TRUSTED_PROXIES = ["10.1.0.9/16", "10.1.0.0/16", "localhost"]
    with pytest.raises(ImproperlyConfigured) as caught:
        refuse_wrong_settings()
    told = str(caught.value)
    assert "Network 1 of TRUSTED_PROXIES" in told
    assert "Network 2" not in told
    assert "Network 3 of TRUSTED_PROXIES" in told
    assert "without BEHIND_TLS_PROXY" in told
