"""The outermost layer of every request."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from connector.edge.errors import BadRequest, ContractError, Unexpected
from connector.edge.logs import outline
from connector.edge.machines import set_header
from connector.edge.metrics import requests
from connector.edge.metrics.counted import is_open
from connector.edge.proxies import take_forwarded
from connector.edge.shapes import error_answer
from connector.edge.trace import forget, note, trace_id
from connector.edge.tracing import spans

log = structlog.get_logger(__name__)
lines = logging.getLogger(__name__)

SLASHES = re.compile("/{2,}")
OUTSIDE_THE_CONTRACTS = ("/admin/", "/static/", "/docs", "/openapi.json", "/schemas/")
WITH_TEXT = "/process/"
Handler = Callable[[HttpRequest], HttpResponse]


class ContractMiddleware:
    """Gives every request its client, an id and a line in the log, takes any number of slashes, answers what it must.

    A redirect is never an answer here: a redirected POST loses its body.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_measured = is_open()
        self.answer = self.traced if spans.IS_ON else self.respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        take_forwarded(request)
        normalise_path(request)
        note(request_id=trace_id(request))
        try:
            response = with_length(request, self.answer(request))
            set_header(response, "X-Request-Id", trace_id(request))
            self.tell(request, response, time.perf_counter() - started)
        finally:
            forget()
        return response

    def tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        """Say in one line what became of a request, and count it."""
        route, status = route_of(request), response.status_code
        if lines.isEnabledFor(logging.INFO):  # By itself structlog makes up a line before it drops it.
            log.info("request_finished", method=request.method, route=route, status=status, ms=round(seconds * 1000, 1))
        if self.is_measured:
            requests.observe(route, request.method, status, seconds)

    def traced(self, request: HttpRequest) -> HttpResponse:
        """Respond within a span of the trace that the caller names, or of a new one."""
        with spans.request_span("request", request.META) as span:
            note(trace_id=spans.trace_in_hand())
            response = self.respond(request)
            if span is not None:
                describe(span, request, response)
        return response

    def respond(self, request: HttpRequest) -> HttpResponse:
        try:
            check_host(request)
        except ContractError as exc:
            return error_answer(request, exc)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return None if is_outside(request.path_info) else error_answer(request, exception)


def describe(span: Any, request: HttpRequest, response: HttpResponse) -> None:
    """Name a request by its route as written, as the log does."""
    method = request.method if request.method in requests.METHODS else "other"
    span.update_name(f"{method} {route_of(request)}")
    span.set_attributes(
        {
            "http.request.method": method,
            "http.route": route_of(request),
            "http.response.status_code": response.status_code,
            "connector.request_id": trace_id(request),
        }
    )


def log_failure(**_kwargs: object) -> None:
    """Log what no contract view has answered: a failure of the admin, or of a middleware."""
    exception = sys.exception()
    if exception is not None:
        log.error("request_failed", **outline(exception))


got_request_exception.connect(log_failure)


def with_length(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the length of the body, and leave the body out where HEAD asked for the rest alone."""
    if not response.streaming:
        set_header(response, "Content-Length", str(len(response.content)))
        if request.method == "HEAD":
            response.content = b""
    return response


def normalise_path(request: HttpRequest) -> None:
    path = slashed(request.path_info)
    if not path.startswith(WITH_TEXT):  # A Process-Id may have any slashes itself.
        path = SLASHES.sub("/", path)
        if not is_outside(path):
            path = path.rstrip("/") or "/"
    request.path_info = path
    request.path = path


def slashed(path: str) -> str:
    """Return a path with one slash before it."""
    return "/" + path.lstrip("/")


def is_outside(path: str) -> bool:
    return path.startswith(OUTSIDE_THE_CONTRACTS) or path == "/admin"


def check_host(request: HttpRequest) -> None:
    """Refuse a Host that is not ours; probes and scrapes come by address and are let through."""
    if request.path_info.startswith(("/health/", "/metrics")):
        return
    if is_named(request.META.get("HTTP_HOST", ""), tuple(settings.ALLOWED_HOSTS)):
        return
    try:
        request.get_host()
    except DisallowedHost as exc:
        raise BadRequest.at("Host", "invalid_host", "The Host header does not name this service.") from exc


@lru_cache(maxsize=256)
def is_named(host: str, allowed: tuple[str, ...]) -> bool:
    """Tell of most hosts that they are ours; clients keep to one."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def route_of(request: HttpRequest) -> str:
    """Return the route as written, without what the caller put into it; it is safe to log."""
    match = request.resolver_match
    return match.route if match else ""


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what no view and no middleware of ours could."""
    return error_answer(request, Unexpected())
