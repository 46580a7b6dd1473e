"""How requests are read: as gunicorn does it, without what is the same for all of them or asked of nobody."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gunicorn.config import Config
from gunicorn.http import RequestParser, wsgi
from gunicorn.http.body import LengthReader
from gunicorn.http.message import Request

discard, environ_anew = RequestParser.finish_body, wsgi.base_environ


class Unforwarded(Request):  # type: ignore[misc]  # It has no types.
    """Believes nobody what the headers of a proxy say, without reading an address for it."""

    def _peer_trusted_for_forwarded(self) -> tuple[dict[str, str], list[str]]:
        return {}, []


def finish_body(parser: RequestParser, deadline: float | None = None, max_bytes: int | None = None) -> bool:
    """Discard what is left of a body, as gunicorn does; where nothing is, the socket's mode is not set twice for it."""
    body = parser.mesg and parser.mesg.body
    if body and not body.failed and isinstance(body.reader, LengthReader) and not body.reader.length:
        return True
    return bool(discard(parser, deadline, max_bytes))


def environ(cfg: Config) -> dict[str, Any]:
    """Return what all requests have in common, for one of them to add to."""
    return dict(environ_of_all(cfg))


@lru_cache(maxsize=1)
def environ_of_all(cfg: Config) -> dict[str, Any]:
    found: dict[str, Any] = environ_anew(cfg)
    return found
