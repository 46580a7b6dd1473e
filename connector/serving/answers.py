"""How answers are sent, and what the server itself answers."""

from __future__ import annotations

import json
import socket
import time
from functools import lru_cache
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi

date_anew = util.http_date


class Response(wsgi.Response):  # type: ignore[misc]  # It has no types.
    """Sends its headers with the beginning of its body: each send costs a busy process a turn of its threads."""

    sock: Any

    def write(self, arg: bytes) -> None:
        if self.headers_sent:
            super().write(arg)
            return
        sock, gathered = self.sock, Gathered()
        self.sock = gathered
        try:
            super().write(arg)
        finally:
            self.sock = sock
        sock.sendall(gathered.content)


class Gathered:
    """Takes what would be sent."""

    def __init__(self) -> None:
        self.content = b""

    def sendall(self, content: bytes) -> None:
        self.content += content


def date(moment: float | None = None) -> str:
    """Return a moment, or now, as the header Date has it."""
    return date_of(int(time.time() if moment is None else moment))


@lru_cache(maxsize=1)
def date_of(second: int) -> str:
    return str(date_anew(second))


def write_error(sock: socket.socket, status: int, reason: str, _told: str) -> None:
    """Answer what the server itself refuses as all is answered, in the envelope; what came is not repeated."""
    parts = {"status": status, "message": reason, "detail": {}, "data": {}}
    body = json.dumps(parts, separators=(",", ":"))
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": len(body),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    util.write_nonblock(sock, "\r\n".join(lines).encode())
