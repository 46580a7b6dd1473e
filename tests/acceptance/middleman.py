"""A small HTTP proxy before a connector, which may answer otherwise than that does, or a server all by itself."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PATIENCE = 30


@dataclass(frozen=True)
class Asked:
    """A request: its path and query, and how often the same was asked before."""

    path: str
    query: dict[str, str]
    times: int = 0

    @property
    def page(self) -> int:
        return int(self.query.get("page", "0"))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    content: bytes
    is_cut: bool = False

    def cut(self) -> Reply:
        """Return the same as a connection gives it that is lost in the middle."""
        return replace(self, is_cut=True)

    def with_headers(self, **headers: str) -> Reply:
        return replace(
            self, headers={**self.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        )


Rule = Callable[[Asked, Reply], Reply]


@dataclass
class Middleman:
    """Passes requests on to a port, if there is one, and gives what its rule makes of each reply."""

    port: int | None
    rule: Rule = lambda _asked, reply: reply
    asked: list[Asked] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)
    url: str = ""

    def answer(self, target: str, headers: dict[str, str]) -> Reply:
        parts = urlsplit(target)
        with self.lock:
            asked = Asked(parts.path, dict(parse_qsl(parts.query)))
            self.asked.append(asked)
            asked = replace(asked, times=self.asked.count(asked) - 1)
        return self.rule(asked, self.passed_on(target, headers))

    def passed_on(self, target: str, headers: dict[str, str]) -> Reply:
        if self.port is None:
            return Reply(404, {}, b"")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", target, headers={**headers, "Connection": "close"})
            response = connection.getresponse()
            return Reply(response.status, dict(response.headers.items()), response.read())
        finally:
            connection.close()

    def pages(self) -> list[int]:
        """Return the numbers of the pages that were asked for, in their order."""
        return [asked.page for asked in self.asked if asked.page]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    middleman: Middleman

    def do_GET(self) -> None:
        reply = self.middleman.answer(self.path, dict(self.headers.items()))
        self.send_response(reply.status)
        for name, text in reply.headers.items():
            if name.lower() not in {"connection", "content-length", "transfer-encoding", "date", "server"}:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content[: len(reply.content) // 2] if reply.is_cut else reply.content)
        self.close_connection = reply.is_cut

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def middleman(port: int | None = None) -> Iterator[Middleman]:
    """Have a proxy for as long as the block lasts."""
    found = Middleman(port)
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"middleman": found})) as server:
        server.daemon_threads = True
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()
