"""Sessions of parties, kept with those of the admin and of no use there: they name a login and no user."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from partners.models import Login

SECONDS = 12 * 3600
LOGIN, STAMP = "partners.login", "partners.stamp"


def begin(login: Login) -> str:
    """Begin a session and return its key."""
    session = SessionStore()
    session[LOGIN], session[STAMP] = login.pk, login.stamp
    session.set_expiry(SECONDS)
    session.create()
    return str(session.session_key)


def login_of(key: str) -> Login | None:
    """Return who has begun a session, None where it has ended or the password has changed since."""
    session = SessionStore(key)
    number, stamp = session.get(LOGIN), session.get(STAMP, "")
    login = Login.objects.select_related("partner").filter(pk=number).first() if number else None
    return login if login is not None and constant_time_compare(login.stamp, stamp) else None


def end(key: str) -> None:
    SessionStore(key).delete()
