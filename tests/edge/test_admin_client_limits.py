"""A client's quota and networks in the admin."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from connector.edge.models import Client, Scope
from connector.edge.tokens import caller_of, issue
from tests.conftest import operator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def text() -> str:
    return issue(client_name="dsync")[1]


def page() -> str:
    return f"/admin/edge/client/{Client.objects.get().pk}/limits/"


def test_a_quota_is_in_force_at_once(text: str, admin_client: Browser) -> None:
    assert caller_of(text).quota == ()  # type: ignore[union-attr]
    assert admin_client.post(page(), {"burst": 5, "steady": "", "networks": "192.0.2.0/24"}).status_code == 302
    caller = caller_of(text)
    assert caller
    assert [tuple(window) for window in caller.quota] == [(5, 1)]
    assert list(map(str, caller.networks)) == ["192.0.2.0/24"]


def test_limits_stand_beside_the_client(text: str, admin_client: Browser) -> None:
    admin_client.post(page(), {"burst": 5, "steady": 60, "networks": ""})
    content = admin_client.get(page().replace("limits", "change")).content.decode()
    assert "5 in a second, 60 in a minute" in content
    assert "taken from anywhere" in content


@pytest.mark.parametrize(
    "sent",
    [{"burst": 0}, {"steady": "x"}, {"burst": -1}, {"networks": "localhost"}, {"networks": "10.0.0.1/8"}],
    ids=str,
)
def test_a_limit_that_is_none_is_refused(text: str, admin_client: Browser, sent: dict[str, object]) -> None:
    answer = admin_client.post(page(), {"burst": "", "steady": "", "networks": "", **sent})
    assert list(answer.context["form"].errors) == list(sent)
    assert Client.objects.filter(burst=None, steady=None, networks="").exists()


@pytest.mark.parametrize("scopes", [[Scope.HOOD], [Scope.HOOD, Scope.READ]], ids=["alone", "beside-dsync"])
def test_a_quota_that_would_hold_nowhere_is_refused(admin_client: Browser, scopes: list[Scope]) -> None:
    for scope in scopes:
        issue(client_name="app", scope=scope, tenant="7" if scope.has_tenant else "")
    answer = admin_client.post(page(), {"burst": 5, "steady": "", "networks": ""})
    is_refused = scopes == [Scope.HOOD]
    assert (answer.status_code == 200) == is_refused
    assert ("A quota holds on Dsync&#x27;s routes alone" in answer.content.decode()) == is_refused
    assert Client.objects.filter(burst=None).exists() == is_refused


def test_networks_of_a_client_of_another_contract_are_taken(admin_client: Browser) -> None:
    issue(client_name="app", scope=Scope.HOOD, tenant="7")
    answer = admin_client.post(page(), {"burst": "", "steady": "", "networks": "192.0.2.0/24"})
    assert answer.status_code == 302


def test_limits_are_set_by_those_who_may_change_clients(text: str) -> None:
    assert operator("view_client").get(page()).status_code == 403
