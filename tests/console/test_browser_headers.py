"""What every page of the admin tells a browser to refuse, and that no page needs what is refused."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client as Browser

from tests.sync.admin.test_pages import MODELS, make

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
VALUES = ("K-1", "client-1", "user-1", "partner-1")  # Of the rows that `make` makes.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Page(HTMLParser):
    """What a page would run without a file of ours, and where it leads."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.expressions: list[str] = []  # What the theme's Alpine compiles.
        self.links: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and "src" not in named and named.get("type") != "application/json":
            self.inline.append("<script>")
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.inline.append(f"<{tag} {name}={value}>")
        self.expressions += [value or "" for name, value in attrs if name.startswith(("x-", "@", ":"))]
        if tag == "a" and (named.get("href") or "").startswith("/admin/"):
            self.links.append(str(named["href"]))


def pages(browser: Browser) -> Iterator[tuple[str, Any]]:
    """Yield an answer of every address that links lead to, once for each kind of address."""
    waiting, seen = deque(["/admin/"]), set()
    while waiting:
        path = waiting.popleft().partition("#")[0]
        kind = re.sub(r"/\d+/", "/N/", path.partition("?")[0])
        if kind in seen or "logout" in kind:
            continue
        seen.add(kind)
        answer = browser.get(path)
        yield path, answer
        if answer["Content-Type"].startswith("text/html"):
            waiting.extend(Page(answer.content.decode()).links)


def policy_of(answer: Any) -> dict[str, str]:
    return dict(directive.split(" ", 1) for directive in answer["Content-Security-Policy"].split("; "))


def test_every_page_loads_own_files_alone_and_has_no_inline_script(admin_client: Browser) -> None:
    for model in MODELS:
        make(model, 1)
    opened = 0
    for path, answer in pages(admin_client):
        assert policy_of(answer) == POLICY, path
        assert "no-store" in answer["Cache-Control"], path
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = Page(answer.content.decode())
            assert page.inline == [], path
            assert not any(mark in text for text in page.expressions for mark in VALUES), path
            opened += 1
    assert opened > 2 * len(MODELS)  # The list and a row of each, at least.


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/admin/nothing/", "/admin/jsi18n/"])
def test_headers_stand_on_every_answer(path: str, client: Browser) -> None:
    answer = client.get(path)
    assert policy_of(answer) == POLICY
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "camera=()" in answer["Permissions-Policy"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/nothing.svg", "/datalayout"])
def test_other_answers_may_load_nothing(path: str, client: Browser) -> None:
    policy = policy_of(client.get(path))
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert "script-src" not in policy


def test_browsers_insist_on_tls(client: Browser) -> None:
    answer = client.get("/admin/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<script>run()</script>", ["<script>"]),
        ('<script src="/static/a.js"></script>', []),
        ('<script type="application/json">{}</script>', []),
        ('<a onclick="run()">', ["<a onclick=run()>"]),
        ('<a href=" JavaScript:run()">', ["<a href= JavaScript:run()>"]),
        ('<a x-on:click="open = true">', []),
    ],
    ids=["script", "file", "data", "handler", "address", "attribute of Alpine"],
)
def test_inline_script_is_recognised(html: str, found: list[str]) -> None:
    assert Page(html).inline == found
