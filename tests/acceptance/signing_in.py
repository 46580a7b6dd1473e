"""A person who signs in to the admin of a stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.acceptance.local_stack import LocalStack


@contextmanager
def signed_in(stack: LocalStack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, follow_redirects=True, trust_env=False, timeout=30) as browser:
        browser.get("/admin/login/")
        filled = {"username": "admin", "password": stack.credentials["ADMIN_PASSWORD"]}
        post(browser, "/admin/login/?next=/admin/", **filled)
        yield browser


def post(browser: httpx.Client, path: str, **filled: str) -> httpx.Response:
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(path, data={**filled, **token}, headers={"Referer": str(browser.base_url)})
