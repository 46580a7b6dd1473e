"""Who calls: the touchpoint by its code and token, the party by HTTP Basic or by its session."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from connector.edge.address import origin_of
from connector.edge.errors import Unauthorized
from connector.edge.headers import decoded
from connector.edge.token_guesses import opened_by
from partners import sessions
from partners.models import Login, Touchpoint
from partners.passwords import party_of
from partners.touchpoints import touchpoint_of

COOKIE = "thalamus_session"
COOKIE_PATH = "/api/v4"


def touchpoint_of_request(request: HttpRequest) -> Touchpoint:
    """Return the touchpoint that a call names, in a header before the query.

    Raises:
        Unauthorized, TooManyRequests
    """
    code, token = named(request, "touchpoint"), named(request, "token")
    touchpoint = opened_by(request, token, lambda _digest: touchpoint_of(code, token)) if token else None
    if touchpoint is None:
        raise Unauthorized
    return touchpoint


def named(request: HttpRequest, name: str) -> str:
    header = request.META.get(f"HTTP_THALAMUS_{name.upper()}")
    return request.GET.get(name, "") if header is None else decoded(header, extended=False) or ""


def party_of_request(request: HttpRequest) -> Login:
    """Return who has signed in.

    Raises:
        Unauthorized, TooManyRequests
    """
    basic = request.META.get("HTTP_AUTHORIZATION", "")
    login = by_basic(basic, origin_of(request) or "") if basic else by_session(request)
    if login is None:
        raise Unauthorized
    return login


def by_basic(header: str, address: str) -> Login | None:
    scheme, _, credentials = header.partition(" ")
    principal, colon, password = pair_of(credentials).partition(":")
    if scheme.lower() != "basic" or not colon:
        return None
    return party_of(principal, password, address=address)


def pair_of(credentials: str) -> str:
    """Return what HTTP Basic has encoded, empty where it is not readable."""
    try:
        text = b64decode(credentials.strip(), validate=True).decode()
    except (Error, UnicodeError, ValueError):
        return ""
    return "" if "\x00" in text else text


def by_session(request: HttpRequest) -> Login | None:
    key = request.COOKIES.get(COOKIE, "")
    return sessions.login_of(key) if key.isascii() and key.isalnum() else None


def begin_session(response: HttpResponse, login: Login) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        sessions.begin(login),
        max_age=sessions.SECONDS,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def end_session(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    key = request.COOKIES.get(COOKIE, "")
    if key.isascii() and key.isalnum():
        sessions.end(key)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
    return response
