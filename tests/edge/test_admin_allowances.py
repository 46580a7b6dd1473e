"""Rate limits of single tenants in the admin."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from connector.edge.allowances import windows_of
from connector.edge.models import Allowance, Scope
from connector.edge.tokens import issue
from tests.conftest import operator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shops", "_token")]
LIST = "/admin/edge/allowance/"


@pytest.fixture
def _token(db: None) -> None:
    issue(client_name="app", scope=Scope.HOOD, tenant="7")
    issue(client_name="app", scope=Scope.HOOD, tenant="7")
    issue(client_name="dsync")


def limits() -> list[int]:
    return [window.limit for window in windows_of("hood:7")]


def add(browser: Browser, **given: object) -> object:
    return browser.post(f"{LIST}add/", {"account": "hood:7", "burst": 20, "steady": 300, **given})


def test_limits_offered_are_the_usual_ones_of_each_tenant_once(admin_client: Browser) -> None:
    form = admin_client.get(f"{LIST}add/").context["adminform"].form
    assert form.fields["account"].choices == [("hood:7", "shop 7 (hood)")]
    assert form.initial == {"burst": 10, "steady": 150}


def test_limits_of_a_tenant_are_in_force_at_once(admin_client: Browser) -> None:
    assert limits() == [10, 150]
    add(admin_client)
    assert limits() == [20, 300]


def test_limits_can_be_changed_and_taken_back(admin_client: Browser) -> None:
    add(admin_client)
    page = f"{LIST}{Allowance.objects.get().pk}"
    admin_client.post(f"{page}/change/", {"burst": 1, "steady": 2})
    assert limits() == [1, 2]
    admin_client.post(f"{page}/delete/", {"post": "yes"})
    assert limits() == [10, 150]


def test_several_limits_can_be_taken_back_at_once(admin_client: Browser) -> None:
    add(admin_client)
    assert limits() == [20, 300]
    chosen = {"action": "delete_selected", "_selected_action": [Allowance.objects.get().pk], "post": "yes"}
    admin_client.post(LIST, chosen)
    assert limits() == [10, 150]


@pytest.mark.parametrize(
    "given",
    [{"account": ""}, {"account": "hood:8"}, {"account": "write:"}, {"burst": 0}, {"steady": -1}, {"burst": ""}],
    ids=str,
)
def test_limits_that_cannot_be_are_refused(admin_client: Browser, given: dict[str, object]) -> None:
    add(admin_client, **given)
    assert not Allowance.objects.exists()


def test_limits_of_a_tenant_are_set_once(admin_client: Browser) -> None:
    add(admin_client)
    add(admin_client, burst=5)
    assert limits() == [20, 300]


def test_limits_are_listed_by_the_tenants_name(admin_client: Browser) -> None:
    add(admin_client)
    page = admin_client.get(LIST).content.decode()
    assert "shop 7" in page


def test_limits_need_their_permission() -> None:
    add(operator("view_allowance"))
    assert not Allowance.objects.exists()
