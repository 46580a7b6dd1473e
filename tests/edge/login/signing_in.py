"""A person before the admin: with a password, and with an authenticator."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.test import Client as Browser
from django_otp.oath import TOTP

PASSWORD, WRONG = "not-a-secret-of-anybody", "wrong"
LOGIN, STATE, CHECK, CONFIRM = (
    "/admin/login/",
    "/admin/second-factor/",
    "/admin/second-factor/check/",
    "/admin/second-factor/confirm/",
)


def sign_in(name: str = "ada", password: str = PASSWORD, *, browser: Browser | None = None, **meta: str) -> Any:
    """Return the answer to a name and a password."""
    return (browser or Browser()).post(LOGIN, {"username": name, "password": password}, **meta)


def signed_in() -> Browser:
    browser = Browser()
    assert sign_in(browser=browser).status_code == 302
    return browser


def code(secret: str, *, steps: int = 0) -> str:
    """Return what an authenticator shows, or shows so many half minutes later."""
    totp = TOTP(base64.b32decode(secret))
    totp.drift = steps
    return f"{totp.token():06}"


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Enrol, and return the secret and the recovery codes."""
    browser.post(STATE)
    secret = shown(browser.get(CONFIRM), "secret")
    codes = shown(browser.post(CONFIRM, {"code": code(secret)}), "codes").split()
    return secret, codes


def shown(page: Any, name: str) -> str:
    found = re.search(rf"data-{name}>(.*?)</pre>", page.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def is_inside(browser: Browser) -> bool:
    return bool(browser.get("/admin/password_change/").status_code == 200)
