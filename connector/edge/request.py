"""The request as the WSGI server hands it over."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.cache import close_caches
from django.core.exceptions import MiddlewareNotUsed
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

# A connection is looked at when a request begins, and need not be when it ends. Nothing here uses caches of Django, and
# queries are collected for DEBUG alone.
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)
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
        self.respond = chained(cast("Any", self)._get_response)  # noqa: SLF001 (Django has no public name for it)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        if is_outside(slashed(request.path_info)):
            return super().get_response(request)
        response: HttpResponseBase = with_headers(request, self.respond(request))
        cast("Any", response)._resource_closers.append(request.close)  # noqa: SLF001 (as Django's own does)
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return what serves a path: most requests have one of a few."""
        request.resolver_match = resolved(request.path_info)
        return request.resolver_match


@lru_cache(maxsize=256)
def resolved(path: str) -> ResolverMatch:
    return get_resolver().resolve(path)


def chained(respond: Any) -> Any:
    """Return what answers a request after every middleware but those of browsers."""
    respond = convert_exception_to_response(respond)
    for name in reversed(settings.MIDDLEWARE):
        if name not in settings.BROWSER_MIDDLEWARE:
            with suppress(MiddlewareNotUsed):
                respond = convert_exception_to_response(import_string(name)(respond))
    return respond
