"""Answering `/metrics` where there is no web server: a thread of a worker's or the dispatcher's first process does.

It tells what the processes of its host have counted. What is looked up is any web server's to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from celery.signals import worker_ready
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from connector.edge.errors import ContractError, NotFound
from connector.edge.metrics import counted
from connector.edge.metrics.access import check_access
from connector.edge.metrics.views import registry_of

PATH = "/metrics"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_port = True  # All of a host may listen: whoever is asked tells what all of them count.


class Quiet(WSGIRequestHandler):
    timeout = 5  # seconds for a client that says nothing

    def log_message(self, *_args: Any) -> None:
        """Say nothing: a line would have what the client sent."""


def listen(**_signal: object) -> Server | None:
    """Begin to answer, where a port is set."""
    if not settings.CONNECTOR_METRICS_PORT:
        return None
    server = make_server("", settings.CONNECTOR_METRICS_PORT, application, Server, Quiet)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    try:  # No proxy is in front of this port: what is forwarded is not looked at.
        body = answer(WSGIRequest(environ))
        start_response("200 OK", [("Content-Type", CONTENT_TYPE_PLAIN_0_0_4), ("Cache-Control", "no-store")])
    except ContractError as exc:
        body = b""
        start_response(f"{exc.status} {HTTPStatus(exc.status).phrase}", [("Content-Length", "0"), *exc.headers.items()])
    return [body]


def answer(request: WSGIRequest) -> bytes:
    """Return what was counted.

    Raises:
        NotFound, Unauthorized, TooManyRequests
    """
    if request.path_info != PATH or request.method != "GET":
        raise NotFound
    check_access(request)
    return generate_latest(registry_of(counted.collect))


worker_ready.connect(listen)
