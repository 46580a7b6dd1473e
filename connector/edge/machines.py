"""What answers to machines tell a browser that is made to ask for them: to load, keep and frame nothing of it."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from connector.edge.browsers import NOTHING

HEADERS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def with_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with these headers beside its own, which win."""
    headers = cast("Any", response.headers)
    # Set one by one, each would be looked at for line breaks, on the way of every write.
    headers._store = {**prepared(secure=request.is_secure()), **headers._store}  # noqa: SLF001
    return response


def set_header(response: HttpResponseBase, name: str, value: str) -> None:
    """Set a header to a text of ours: it is not looked at for line breaks, which it has none of."""
    cast("Any", response.headers)._store[name.lower()] = (name, value)  # noqa: SLF001


@cache
def prepared(*, secure: bool) -> dict[str, tuple[str, str]]:
    """Return the headers as Django keeps them: over TLS with the one that insists on it."""
    insisting = {"Strict-Transport-Security": insistence()} if secure and settings.SECURE_HSTS_SECONDS else {}
    return {name.lower(): (name, value) for name, value in {**HEADERS, **insisting}.items()}


def insistence() -> str:
    """Return what Django's own middleware tells browsers of the admin."""
    flags = {
        "includeSubDomains": settings.SECURE_HSTS_INCLUDE_SUBDOMAINS,
        "preload": settings.SECURE_HSTS_PRELOAD,
    }
    return "; ".join([f"max-age={settings.SECURE_HSTS_SECONDS}", *(flag for flag, is_set in flags.items() if is_set)])
