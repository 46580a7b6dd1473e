"""Setting up a second factor, showing it, losing it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser

from connector.edge.encryption import keyring
from connector.edge.login.second_factor import SecondFactor
from tests.audit import deeds
from tests.conftest import operator
from tests.edge.login.signing_in import CHECK, CONFIRM, STATE, code, is_inside, set_up, signed_in

EARLY, WRONG = "After wrong codes there is a wait", "That code is not right"


@pytest.fixture
def secret(ada: User) -> str:
    """Ada's, who has set up a second factor."""
    return set_up(signed_in())[0]


def said(browser: Browser, sent: str) -> str:
    return browser.post(CHECK, {"code": sent}).content.decode()


def lengthen_waits() -> None:
    """Have a wrong code cost minutes, so that a busy machine changes nothing."""
    SecondFactor.objects.update(throttling_failure_count=10)


def wait() -> None:
    """Let a while pass since the last wrong code."""
    for factor in SecondFactor.objects.exclude(throttling_failure_timestamp=None):
        factor.throttling_failure_timestamp -= timedelta(hours=1)
        factor.save()


def test_password_alone_opens_the_admin_until_a_second_factor_is_set_up(ada: User) -> None:
    assert is_inside(signed_in())
    set_up(signed_in())
    assert not is_inside(signed_in())


def test_second_factor_that_was_not_confirmed_is_asked_of_nobody(ada: User) -> None:
    signed_in().post(STATE)
    assert is_inside(signed_in())


def test_none_is_set_up_where_no_key_would_keep_its_secret(ada: User, settings: Any) -> None:
    settings.FIELD_KEYS = []
    assert "FIELD_KEYS is not set" in signed_in().post(STATE).content.decode()
    assert not SecondFactor.objects.exists()


def test_wrong_code_confirms_nothing(ada: User) -> None:
    browser = signed_in()
    browser.post(STATE)
    assert WRONG in browser.post(CONFIRM, {"code": "12345"}).content.decode()
    assert is_inside(signed_in())


def test_whoever_sets_it_up_stays_inside_and_other_sessions_are_asked(ada: User) -> None:
    first, other = signed_in(), signed_in()
    set_up(first)
    assert is_inside(first)
    assert not is_inside(other)


def test_code_opens_the_page_that_was_asked_for(secret: str) -> None:
    browser = signed_in()
    asked = browser.get("/admin/edge/token/?q=a")
    assert asked["Location"] == f"{CHECK}?next=%2Fadmin%2Fedge%2Ftoken%2F%3Fq%3Da"
    answer = browser.post(asked["Location"], {"code": code(secret, steps=1)})
    assert answer["Location"] == "/admin/edge/token/?q=a"
    assert is_inside(browser)


def test_code_leads_nowhere_else(secret: str) -> None:
    answer = signed_in().post(f"{CHECK}?next=https://example.org/", {"code": code(secret, steps=1)})
    assert answer["Location"] == "/admin/"


def test_code_changes_the_key_of_the_session(secret: str) -> None:
    browser = signed_in()
    before = browser.session.session_key
    browser.post(CHECK, {"code": code(secret, steps=1)})
    assert browser.session.session_key != before


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/auth/user/", "/admin/find/", STATE, "/admin/nothing/", "//admin/auth/user/"]
)
def test_nothing_is_open_before_the_code(secret: str, path: str) -> None:
    browser = signed_in()
    assert browser.get("/", PATH_INFO=path)["Location"].startswith(CHECK)
    assert browser.post("/", PATH_INFO=path)["Location"].startswith(CHECK)


def test_code_is_taken_once(secret: str) -> None:
    used = code(secret, steps=1)
    first, second = signed_in(), signed_in()
    said(first, used)
    assert WRONG in said(second, used)
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_code_before_one_that_was_taken_is_not_taken(secret: str) -> None:
    first, second = signed_in(), signed_in()
    said(first, code(secret, steps=1))
    assert WRONG in said(second, code(secret))


@pytest.mark.parametrize("sent", ["12345", "1234567", "x", "١٢٣٤٥٦", "-12345"], ids=ascii)
def test_what_is_no_code_is_not_taken(secret: str, sent: str) -> None:
    assert WRONG in said(signed_in(), sent)


def test_right_code_waits_after_a_wrong_one(secret: str) -> None:
    lengthen_waits()
    browser, right = signed_in(), code(secret, steps=1)
    assert WRONG in said(browser, "12345")
    assert EARLY in said(browser, right)
    wait()
    said(browser, right)
    assert is_inside(browser)


def test_right_code_waits_also_where_the_form_looked_before_the_wrong_one_came(secret: str) -> None:
    lengthen_waits()
    factor = SecondFactor.objects.get()
    assert not factor.verify_token("12345")
    assert not factor.verify_token(code(secret, steps=1))


def test_recovery_code_opens_once_in_any_case_and_spacing(ada: User) -> None:
    first, second = Browser(), Browser()
    _, codes = set_up(signed_in())
    first, second = signed_in(), signed_in()
    said(first, f" {codes[0].lower().replace('-', ' ')} ")
    assert WRONG in said(second, codes[0])
    assert (is_inside(first), is_inside(second)) == (True, False)


def test_new_recovery_codes_void_the_old_ones(ada: User) -> None:
    browser = signed_in()
    _, old = set_up(browser)
    page = browser.post(f"{STATE}codes/", {"code": old[0]}).content.decode()
    assert old[1] not in page
    assert WRONG in said(signed_in(), old[1])


@pytest.mark.parametrize("page", ["codes", "remove"])
def test_open_session_alone_changes_nothing(ada: User, page: str) -> None:
    browser = signed_in()
    set_up(browser)
    assert WRONG in browser.post(f"{STATE}{page}/", {"code": "12345"}).content.decode()
    assert not is_inside(signed_in())


def test_second_factor_is_given_up_for_a_code(secret: str, ada: User) -> None:
    browser = signed_in()
    said(browser, code(secret, steps=1))
    wait()
    SecondFactor.objects.update(last_step=-1)
    browser.post(f"{STATE}remove/", {"code": code(secret)})
    assert is_inside(signed_in())


def test_what_is_done_with_it_is_written_down_without_secrets(ada: User) -> None:
    secret, _codes = set_up(signed_in())
    assert [entry.message for entry in deeds()] == ["Set up a second factor."]
    assert secret not in str(list(deeds().values()))


def test_neither_secret_nor_recovery_codes_are_kept_as_text(ada: User) -> None:
    secret, codes = set_up(signed_in())
    with connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM edge_secondfactor f UNION ALL SELECT s::text FROM django_session s")
        kept = str(cursor.fetchall())
    assert secret not in kept
    assert codes[0].replace("-", "") not in kept.replace("-", "")


def test_changed_keys_still_open_it(secret: str, settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    call_command("rotate_secrets", stdout=StringIO())
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    browser = signed_in()
    said(browser, code(secret, steps=1))
    assert is_inside(browser)
    keyring.cache_clear()


@pytest.mark.parametrize("asked", [["everyone"], ["operator"]], ids=str)
def test_whom_the_setting_names_sets_one_up_first(settings: Any, asked: list[str]) -> None:
    settings.CONNECTOR_SECOND_FACTOR = asked
    browser = operator("view_token")
    User.objects.get().groups.add(Group.objects.get(name="operator"))
    assert browser.get("/admin/edge/token/")["Location"] == STATE
    set_up(browser)
    assert browser.get("/admin/edge/token/").status_code == 200


@pytest.mark.parametrize("asked", [[], ["administrator"]], ids=str)
def test_whom_the_setting_does_not_name_may_do_without(settings: Any, asked: list[str]) -> None:
    settings.CONNECTOR_SECOND_FACTOR = asked
    assert operator("view_token").get("/admin/edge/token/").status_code == 200


def test_superuser_is_named_by_every_group(settings: Any, ada: User) -> None:
    settings.CONNECTOR_SECOND_FACTOR = ["operator"]
    assert not is_inside(signed_in())


def take_away(browser: Browser, user: User) -> None:
    browser.post("/admin/auth/user/", {"action": "take_away_second_factors", "_selected_action": [user.pk]})


@pytest.mark.parametrize(
    ("permissions", "of_superuser", "is_taken"),
    [
        (("view_user",), False, False),
        (("view_user", "change_user"), False, True),
        (("view_user", "change_user"), True, False),
    ],
    ids=["viewer", "administrator", "of a superuser"],
)
def test_lost_one_is_taken_away(
    secret: str, ada: User, *, permissions: tuple[str, ...], of_superuser: bool, is_taken: bool
) -> None:
    User.objects.filter(pk=ada.pk).update(is_superuser=of_superuser)
    take_away(operator(*permissions), ada)
    assert is_inside(signed_in()) is is_taken
    assert deeds().filter(message="Took away the second factor.").count() == int(is_taken)


def test_command_removes_one_that_no_key_opens(secret: str, settings: Any) -> None:
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    out = StringIO()
    call_command("remove_second_factor", "ada", stdout=out)
    call_command("remove_second_factor", "ada", stdout=out)
    assert out.getvalue().splitlines() == ["Removed.", "This user has no second factor."]
    assert is_inside(signed_in())


def test_command_names_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="no user"):
        call_command("remove_second_factor", "eve")
