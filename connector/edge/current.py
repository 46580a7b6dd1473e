"""The request in hand, for what is drawn or told far from the view that took it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_current: ContextVar[HttpRequest | None] = ContextVar("connector.request", default=None)


def request_in_hand() -> HttpRequest | None:
    """Return the request of a browser that this thread answers; None outside of one."""
    return _current.get()


class CurrentRequestMiddleware:
    """Has the request in hand known as long as it lasts; it stands under the middleware that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _current.set(request)
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)
