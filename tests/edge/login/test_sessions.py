"""How long a person stays signed in, and the cookies of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connector.edge.login.checks import check_login
from connector.edge.login.sessions import EXACT_TO, SEEN, SINCE
from connector.edge.login.tidying import tidy
from tests.edge.login.signing_in import LOGIN, PASSWORD, is_inside, sign_in, signed_in

ANOTHER = "another-not-a-secret"
IDLE, LONGEST = settings.CONNECTOR_SESSION_IDLE_MINUTES * 60, settings.CONNECTOR_SESSION_HOURS * 3600


def pass_time(browser: Browser, seconds: int, *, since: bool = True) -> None:
    """Let a session be that much older, or only its last use be that long ago."""
    session = browser.session
    for name in (SEEN, SINCE) if since else (SEEN,):
        session[name] -= seconds
    session.save()


def test_session_ends_after_a_while_without_use(ada: User) -> None:
    browser = signed_in()
    pass_time(browser, IDLE - 1)
    assert is_inside(browser)
    pass_time(browser, IDLE + EXACT_TO)
    assert not is_inside(browser)
    assert "nothing was done for 60 minutes" in browser.get(LOGIN).content.decode()


def test_session_in_use_ends_after_its_longest_time(ada: User) -> None:
    browser = signed_in()
    for _ in range(settings.CONNECTOR_SESSION_HOURS - 1):
        pass_time(browser, 3600)
        assert is_inside(browser)
    pass_time(browser, 3600)
    assert not is_inside(browser)


def test_session_that_ended_is_gone_for_whoever_kept_its_cookie(ada: User) -> None:
    browser, thief = signed_in(), Browser()
    thief.cookies = browser.cookies.copy()
    pass_time(browser, LONGEST)
    browser.get("/admin/")
    assert not is_inside(thief)
    assert Session.objects.filter(session_key=thief.cookies[settings.SESSION_COOKIE_NAME].value).count() == 0


def test_session_of_before_the_limits_ends(ada: User) -> None:
    browser = signed_in()
    session = browser.session
    del session[SINCE]
    session.save()
    assert not is_inside(browser)


def test_pages_in_quick_succession_write_no_session(ada: User) -> None:
    browser = signed_in()
    with CaptureQueriesContext(connection) as queries:
        assert is_inside(browser)
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_key_of_the_session_changes_at_the_login(ada: User) -> None:
    browser = Browser()
    browser.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted = browser.session.session_key
    sign_in(browser=browser)
    assert browser.session.session_key != planted
    assert is_inside(browser)


def test_changed_password_ends_other_sessions(ada: User) -> None:
    browser, other = signed_in(), signed_in()
    sent = {"old_password": PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}
    assert browser.post("/admin/password_change/", sent).status_code == 302
    assert (is_inside(browser), is_inside(other)) == (True, False)


def test_cookies_are_for_this_host_over_tls_and_for_no_script(ada: User) -> None:
    browser = Browser()
    browser.get(LOGIN)
    sign_in(browser=browser)
    for name in ("__Host-sessionid", "__Host-csrftoken"):
        cookie = browser.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_sessions_that_are_over_are_cleared(ada: User) -> None:
    signed_in()
    tidy()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    tidy()
    assert Session.objects.count() == 0


def test_second_factor_that_nobody_can_set_up_is_refused(settings: Any) -> None:
    settings.CONNECTOR_SECOND_FACTOR = ["everyone"]
    assert check_login() == []
    settings.FIELD_KEYS = []
    assert [message.id for message in check_login()] == ["edge.E005"]
