"""Guessing passwords."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from connector.edge.login.tidying import tidy
from tests.conftest import operator
from tests.edge.login.signing_in import PASSWORD, WRONG, sign_in

HERE, THERE = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}
PROXIED = {"REMOTE_ADDR": "10.0.0.1"}


def lock(name: str = "ada", **meta: str) -> None:
    """Fail as often as locks a name at an address."""
    assert [sign_in(name, WRONG, **meta or HERE).status_code for _ in range(2)] == [200, 429]


def test_right_password_opens_nothing_after_failures_at_an_address(ada: User) -> None:
    lock()
    assert sign_in(**HERE).status_code == 429


def test_other_names_and_addresses_are_not_locked(ada: User) -> None:
    User.objects.create_superuser("bob", password=PASSWORD)
    lock()
    assert sign_in("bob", **HERE).status_code == 302
    assert sign_in("ada", **THERE).status_code == 302


def test_changing_the_browser_unlocks_nothing(ada: User) -> None:
    lock()
    assert sign_in(**HERE, HTTP_USER_AGENT="another").status_code == 429


def test_success_forgets_failures(ada: User) -> None:
    for _ in range(3):
        assert sign_in("ada", WRONG, **HERE).status_code == 200
        assert sign_in("ada", **HERE).status_code == 302


def test_answers_tell_nothing_of_whether_there_is_a_user(ada: User) -> None:
    for _ in range(3):
        real, unreal = (sign_in(name, WRONG, **HERE) for name in ("ada", "eve"))
        assert real.status_code == unreal.status_code
        assert plain(real, "ada") == plain(unreal, "eve")


def plain(page: Any, name: str) -> str:
    text = re.sub(r'value="[A-Za-z0-9]{64}"', "", page.content.decode())
    return text.replace(f'value="{name}"', "")


def test_lock_ends_when_its_time_is_over(ada: User) -> None:
    lock()
    AccessAttempt.objects.update(attempt_time=timezone.now() - configured.AXES_COOLOFF_TIME)
    assert sign_in(**HERE).status_code == 302


def test_attempts_while_locked_do_not_prolong_the_lock(ada: User) -> None:
    lock()
    before = AccessAttempt.objects.values_list("attempt_time", "failures_since_start").get()
    sign_in("ada", WRONG, **HERE)
    assert AccessAttempt.objects.values_list("attempt_time", "failures_since_start").get() == before


def test_command_unlocks(ada: User) -> None:
    lock()
    call_command("axes_reset_username", "ada")
    assert sign_in(**HERE).status_code == 302


def unlock(browser: Browser) -> int:
    chosen = AccessAttempt.objects.values_list("pk", flat=True)
    sent = {"action": "unlock", "_selected_action": list(chosen)}
    return browser.post("/admin/axes/accessattempt/", sent).status_code


def test_operator_unlocks_in_the_admin(ada: User) -> None:
    lock()
    browser = operator("view_accessattempt", "change_accessattempt")
    assert "locked" in browser.get("/admin/axes/accessattempt/").content.decode()
    unlock(browser)
    assert sign_in(**HERE).status_code == 302


def test_viewer_unlocks_nothing(ada: User) -> None:
    lock()
    unlock(operator("view_accessattempt"))
    assert sign_in(**HERE).status_code == 429


def test_address_behind_the_proxy_is_what_the_proxy_saw(ada: User, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    lock(**PROXIED, HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.1")
    assert sign_in(**PROXIED, HTTP_X_FORWARDED_FOR="198.51.100.2, 192.0.2.1").status_code == 429
    assert sign_in(**PROXIED, HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.2").status_code == 302


def test_forwarded_address_means_nothing_without_a_proxy(ada: User) -> None:
    lock(**HERE, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert sign_in(**HERE, HTTP_X_FORWARDED_FOR="192.0.2.8").status_code == 429


@pytest.mark.parametrize(
    ("address", "status"), [("2001:db8::2", 429), ("2001:db8:0:1::1", 302)], ids=["same network", "another"]
)
def test_addresses_of_an_ipv6_network_are_one(ada: User, address: str, status: int) -> None:
    lock(REMOTE_ADDR="2001:db8::1")
    assert sign_in(REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("address", ["", "unix:", "300.1.1.1"], ids=["none", "socket", "no address"])
def test_login_works_where_the_address_is_unreadable(ada: User, address: str) -> None:
    assert sign_in(REMOTE_ADDR=address).status_code == 302


def test_passwords_are_kept_nowhere(ada: User) -> None:
    sign_in("ada", "a-wrong-password", **HERE)
    kept = AccessAttempt.objects.values().get()
    assert "a-wrong-password" not in str(kept)


def test_tidying_forgets_what_locks_nobody_any_more() -> None:
    lock()
    tidy()
    assert AccessAttempt.objects.count() == 1
    AccessAttempt.objects.update(attempt_time=timezone.now() - configured.AXES_COOLOFF_TIME)
    tidy()
    assert AccessAttempt.objects.count() == 0


@pytest.mark.parametrize(
    "password",
    ["short", "password1234", "918273645546372819", "augustaada-ada"],
    ids=["short", "common", "digits", "name"],
)
def test_weak_passwords_are_refused(ada: User, password: str) -> None:
    User.objects.filter(pk=ada.pk).update(last_name="Augustaada")
    browser = Browser()
    browser.force_login(ada)
    sent = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert browser.post("/admin/password_change/", sent).status_code == 200
    assert sign_in("ada", password, **HERE).status_code == 200
