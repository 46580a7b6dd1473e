"""One request and its answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import httpx
import msgspec

CONNECTIONS = 8

decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes
    milliseconds: float

    @property
    def object(self) -> dict[str, Any]:
        """Return the body as an object, numbers exact; empty when it is none."""
        try:
            decoded = decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        return decoded if isinstance(decoded, dict) else {}

    @property
    def data(self) -> dict[str, Any]:
        return self._object("data")

    @property
    def detail(self) -> dict[str, Any]:
        return self._object("detail")

    @property
    def message(self) -> str:
        return str(self.object.get("message", ""))

    def _object(self, key: str) -> dict[str, Any]:
        value = self.object.get(key)
        return value if isinstance(value, dict) else {}


def no_answer(exc: httpx.TransportError) -> str:
    return f"no answer: {str(exc) or type(exc).__name__}"


class Connector:
    """Send requests to one connector over a bounded number of kept connections."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # Proxies of the environment are for the internet; the connector is usually on this machine.
        self._client = httpx.Client(trust_env=False, timeout=30, limits=httpx.Limits(max_connections=CONNECTIONS))

    def send(self, request: Request) -> Answer:
        """Return the answer and its time; raises httpx.TransportError when none came."""
        # Joined by hand: httpx would fold the double slash of the published URIs into one.
        url = self.url + request.path
        # Bytes, because PHP clients send an Entity-Id as raw UTF-8.
        headers = {name.encode(): value.encode() for name, value in request.headers.items()}
        start = time.perf_counter()
        answer = self._client.request(request.method, url, headers=headers, content=request.body or None)
        milliseconds = (time.perf_counter() - start) * 1000
        return Answer(answer.status_code, answer.headers, answer.content, milliseconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
