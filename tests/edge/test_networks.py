"""From where a client's tokens are taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.test import RequestFactory

from connector.edge.models import Client, Scope
from connector.edge.networks import comes_from, networks_in, validate_networks
from connector.edge.tokens import issue
from tests.conftest import Dsync

LISTED = "192.0.2.0/24, 2001:db8::/32,198.51.100.7"


def asked_from(address: str, networks: str = LISTED) -> bool:
    return comes_from(RequestFactory().get("/", REMOTE_ADDR=address), networks_in(networks))


@pytest.mark.parametrize("address", ["192.0.2.0", "192.0.2.255", "2001:db8::1", "198.51.100.7", "::ffff:192.0.2.9"])
def test_a_listed_address_is_within(address: str) -> None:
    assert asked_from(address)


@pytest.mark.parametrize("address", ["192.0.3.0", "2001:db9::1", "198.51.100.8", "::1", "", "unknown", "192.0.2"])
def test_any_other_address_is_outside(address: str) -> None:
    assert not asked_from(address)


@pytest.mark.django_db
@pytest.mark.parametrize(("peer", "status"), [("10.0.0.1", 200), ("203.0.113.1", 401)], ids=["proxy", "stranger"])
def test_a_client_behind_a_proxy_is_within_and_one_that_says_so_itself_is_not(
    dsync: Dsync, settings: Any, peer: str, status: int
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    Client.objects.update(networks=LISTED)
    dsync.http.defaults["REMOTE_ADDR"] = peer
    assert dsync.send("GET", "/datalayout", X_Forwarded_For="203.0.113.9, 192.0.2.1").status_code == status


@pytest.mark.parametrize("text", ["192.0.2.1/24", "x", "192.0.2.0/33", "192.0.2.0/24; ::1", "localhost"])
def test_a_list_with_something_else_in_it_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_networks(f"192.0.2.0/24, {text}")


@pytest.mark.parametrize("text", ["", LISTED, " 10.0.0.0/8 ,", "::/0"])
def test_a_list_of_networks_is_taken(text: str) -> None:
    validate_networks(text)


@pytest.mark.django_db
@pytest.mark.parametrize(("networks", "status"), [("", 200), ("127.0.0.0/8", 200), ("192.0.2.0/24", 401)])
def test_a_token_from_elsewhere_is_strange(dsync: Dsync, networks: str, status: int) -> None:
    Client.objects.update(networks=networks)
    assert dsync.send("GET", "/datalayout").status_code == status


@pytest.mark.django_db
def test_a_bearer_from_elsewhere_is_strange() -> None:
    text = issue(client_name="app", scope=Scope.HOOD, tenant="7")[1]
    Client.objects.update(networks="192.0.2.0/24")
    asked = {"headers": {"Authorization": f"Bearer {text}"}}
    answers = [Browser(REMOTE_ADDR=address).get("/v1/hood/partners", **asked) for address in ("192.0.2.1", "192.0.3.1")]
    assert [answer.status_code == 401 for answer in answers] == [False, True]
