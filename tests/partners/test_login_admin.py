"""Letting partners in by the admin, which does what `create_partner` does, and logins' passwords there."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from partners.models import Change, Login, Partner, Role, Touchpoint
from partners.touchpoints import touchpoint_of
from tests.audit import deeds
from tests.conftest import operator

pytestmark = pytest.mark.django_db
ADD, LOGINS = "/admin/partners/touchpoint/add/", "/admin/partners/login/"
GIVEN = {
    "name": "Shop",
    "company": "default",
    "principal": "shop",
    "password": "only-for-tests",
    "touchpoint": "web",
}


def joined(browser: Client, **overrides: str) -> str:
    """Let a partner in and return its token."""
    answer = browser.post(ADD, {**GIVEN, **overrides})
    assert answer.status_code == 200
    return str(answer.context["text"])


def test_form_lets_a_partner_in(admin_client: Client) -> None:
    token = joined(admin_client)
    touchpoint = touchpoint_of("web", token)
    assert touchpoint is not None
    assert (touchpoint.partner.name, touchpoint.partner.status) == ("Shop", "active")
    assert Change.objects.get().who == "user admin"


def test_form_says_what_cannot_be(admin_client: Client) -> None:
    joined(admin_client)
    page = admin_client.post(ADD, {**GIVEN, "name": "Other"}).content.decode()
    assert "The principal is that of another partner." in page
    assert not Partner.objects.filter(name="Other").exists()


def test_token_and_password_are_shown_and_kept_nowhere(admin_client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = joined(admin_client)
    number = Touchpoint.objects.get().pk
    pages = [f"/admin/partners/touchpoint/{number}/change/", "/admin/partners/touchpoint/", LOGINS, "/admin/"]
    shown = "".join(admin_client.get(page).content.decode() for page in pages)
    kept = "".join(f"{entry.label}{entry.message}" for entry in deeds())
    for secret in (token, GIVEN["password"], Login.objects.get().password):
        assert secret not in shown + kept + caplog.text


def test_new_token_ends_the_old_one(admin_client: Client) -> None:
    old = joined(admin_client)
    address = f"/admin/partners/touchpoint/{Touchpoint.objects.get().pk}/token/"
    assert admin_client.get(address).status_code == 405
    new = str(admin_client.post(address).context["text"])
    assert (touchpoint_of("web", old), touchpoint_of("web", new)) == (None, Touchpoint.objects.get())


def test_operator_without_permission_lets_nobody_in(admin_client: Client) -> None:
    joined(admin_client)
    browser = operator("view_touchpoint")
    number = Touchpoint.objects.get().pk
    assert browser.post(ADD, GIVEN).status_code == 403
    assert browser.post(f"/admin/partners/touchpoint/{number}/token/").status_code == 403
    assert b"New token" not in browser.get(f"/admin/partners/touchpoint/{number}/change/").content


@pytest.mark.parametrize(("password", "right"), [("", "only-for-tests"), ("another-one", "another-one")])
def test_login_gets_another_role_and_password(admin_client: Client, password: str, right: str) -> None:
    joined(admin_client)
    address = f"{LOGINS}{Login.objects.get().pk}/change/"
    assert admin_client.post(address, {"role": "consumer", "new_password": password}).status_code == 302
    login = Login.objects.get()
    assert login.role == Role.CONSUMER
    assert check_password(right, login.password)
