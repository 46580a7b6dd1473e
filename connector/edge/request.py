"""The request as the WSGI server hands it over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.cache import close_caches
from django.core.exceptions import MiddlewareNotUsed
from django.core.handlers.base import reset_urlconf
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, get_resolver
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string

from connector.edge.machines import with_headers
from connector.edge.middleware import is_outside, slashed
from connector.edge.shapes import error_answer

# A signal that nobody hears costs nothing. A connection is looked at when a request begins, by `Handler`, and need not
# be when it ends. Nothing here uses caches of Django or other addresses than `ROOT_URLCONF`, and queries are collected
# for DEBUG alone.
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)
request_finished.disconnect(reset_urlconf)
if not settings.DEBUG:
    request_started.disconnect(reset_queries)


class Utf8Request(WSGIRequest):
    """A request in UTF-8, whatever charset its content type names.

    Django takes any codec that Python knows, also those that are no text encoding (`charset=hex`), reads the query by
    it before any middleware runs, and the error ends in the WSGI server's own page.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # A parameter in an encoding that is none; a body is refused for it later.
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    """Serves the contracts past the middleware of browsers: sessions, cookies and forms are the admin's alone."""

    request_class = Utf8Request

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 (Django's)
        super().load_middleware(is_async)
        self.respond = chained(self.view_of)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponseBase:
        close_old_connections()
        if is_outside(slashed(environ.get("PATH_INFO", ""))):
            return super().__call__(environ, start_response)
        request_started.send(sender=Handler, environ=environ)
        request = Utf8Request(environ)
        response: Any = with_headers(request, self.respond(request))
        response._resource_closers.append(request.close)  # noqa: SLF001 (these two as Django's own does)
        response._handler_class = Handler  # noqa: SLF001
        start_response(f"{response.status_code} {response.reason_phrase}", headers_of(response))
        return cast("HttpResponseBase", response)

    def view_of(self, request: HttpRequest) -> HttpResponseBase:
        """Answer by the view of an address, in the contract's shape whatever it raises."""
        match = self.resolve_request(request)
        try:
            answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Exception as exc:  # noqa: BLE001 (as in the views themselves, most of which raise nothing)
            return error_answer(request, exc)
        return answer

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return what serves a path: most requests have one of a few."""
        request.resolver_match = resolved(request.path_info)
        return request.resolver_match


@lru_cache(maxsize=256)
def resolved(path: str) -> ResolverMatch:
    return get_resolver().resolve(path)


def headers_of(response: Any) -> list[tuple[str, str]]:
    """Return the headers as the server takes them: as they are kept, not looked up again one by one."""
    cookies = [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
    return [*response.headers._store.values(), *cookies]  # noqa: SLF001


def chained(respond: Any) -> Any:
    """Return what answers a request after every middleware but those of browsers; of their hooks it calls none."""
    respond = convert_exception_to_response(respond)
    for name in reversed(settings.MIDDLEWARE):
        if name not in settings.BROWSER_MIDDLEWARE:
            with suppress(MiddlewareNotUsed):
                respond = convert_exception_to_response(import_string(name)(respond))
    return respond
