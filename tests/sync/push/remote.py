"""Dsync's realtime side as an HTTP server in this process: it records what comes, and answers as a test asks it to."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from django.db import connections

AUTH, ENTITY = "auth-token-of-a-test", "entity-token-of-a-test"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def key(self) -> str:
        """The record that it speaks of; http.server reads headers as latin-1."""
        told = self.headers.get("Entity-Id", "").encode("latin-1").decode()
        return told or str(self.body["sku"])


@dataclass
class Reply:
    status: int = 200
    message: str = "OK"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def body(self) -> bytes:
        told = {"status": self.status, "message": self.message, "detail": {}, "data": {}}
        return json.dumps(told).encode() if self.raw is None else self.raw


class Cut(Exception):
    """Ends the connection instead of an answer."""


@dataclass
class Remote:
    """What came, in the order of its coming, and how it is answered."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Reply] = lambda _request: Reply()
    lock: Lock = field(default_factory=Lock)
    ended: Event = field(default_factory=Event)

    def take(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append(request)
        try:
            return self.answer(request)
        finally:
            connections.close_all()  # Of this thread, should the test have asked the database.

    def hang(self, _request: Request) -> Reply:
        self.ended.wait(30)
        raise Cut

    def answers(self, *statuses: int, **more: Any) -> None:
        """Give these statuses one after another, the last for ever."""
        left = list(statuses)
        self.answer = lambda _request: Reply(left.pop(0) if len(left) > 1 else left[0], **more)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(request.method, request.key) for request in self.requests]

    def prices(self, key: str) -> list[Any]:
        return [request.body["price"] for request in self.requests if request.key == key]


class Server(ThreadingHTTPServer):
    """Has room for all who come at once; beside a busy machine's others, the usual five are too few."""

    request_queue_size = 128


@contextmanager
def serving(remote: Remote, *, port: int = 0) -> Iterator[Remote]:
    """Serve on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def serve(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
            try:
                reply = remote.take(Request(self.command, self.path, dict(self.headers.items()), raw))
                self.tell(reply)
            except (Cut, ConnectionError):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        def tell(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 (http.server's names)

        def log_message(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    remote.url = f"http://127.0.0.1:{server.server_port}/api/realtime"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield remote
    finally:
        remote.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
