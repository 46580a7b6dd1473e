"""Another connector, as one who reads its mass synchronisation sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import structlog

from sync.pulling.answers import Answer, ItemsPage, items_page, total_of, words_of
from sync.pulling.errors import Again, Refused, Stopped, Unexpected, Unreachable
from sync.work.retry import Schedule, delay_after
from sync.work.retry_after import wait_asked

log = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(30, connect=5)
LONGEST_ANSWER = 300.0  # seconds, also where each byte comes in time
LARGEST_ANSWER = 64 * 1024 * 1024
LONGEST_WAIT = 120.0  # seconds that a source may ask for
Read = TypeVar("Read")
RETRIES = Schedule(first=0.5, longest=30, tries=8)


@dataclass(frozen=True, slots=True)
class Access:
    """Where a source is and what it asks for; the token is shown nowhere."""

    url: str
    entity_token: str = field(repr=False)
    token: str = field(repr=False)


class BadAddress(ValueError):
    """An address that no source can have; the message says why."""


def checked_url(text: str) -> str:
    """Return the address of a source without slashes at its end.

    Raises:
        BadAddress: it is not http or https, or has a user, a query or a fragment.
    """
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as exc:
        raise BadAddress("The address of the source cannot be read.") from exc
    if parts.scheme not in {"http", "https"} or not host:
        raise BadAddress("The address of the source must begin with http:// or https:// and name a host.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadAddress("The address of the source must have no user, password, query or fragment.")
    return text.rstrip("/")


class Source:
    """Reads pages, again where that may help; a wait ends when `stop` is set. Threads may share it."""

    def __init__(self, access: Access, client: httpx.Client, stop: Event) -> None:
        self.url = access.url
        self.client = client
        self.stop = stop

    def total(self) -> int:
        return self.read("/api/sync/total", {}, total_of)

    def items(self, query: Mapping[str, str]) -> ItemsPage:
        """Return a page.

        Raises:
            Unreachable, Refused, Unexpected, Stopped
        """
        return self.read("/api/sync/items/", query, items_page)

    def read(self, path: str, query: Mapping[str, str], reader: Callable[[Answer], Read]) -> Read:
        """Return what an answer says, asking again while the next one may say it."""
        tries = 0
        while True:
            try:
                return reader(expected(self.ask(path, query)))
            except Again as exc:
                tries += 1
                self.wait(tries, exc)

    def wait(self, tries: int, again: Again) -> None:
        """Wait until the source may be asked again, or raise why it is not."""
        delay = delay_after(tries, schedule=RETRIES)
        if delay is None:
            raise Unreachable(f"The source gave no usable answer {tries} times in a row; the last was {again}.")
        log.warning("source_asked_again", failure=str(again), tries=tries)
        if self.stop.wait(max(delay.total_seconds(), again.after)):
            raise Stopped("It was told to stop.")

    def ask(self, path: str, query: Mapping[str, str]) -> Answer:
        try:
            with self.client.stream("GET", f"{self.url}{path}", params=dict(query)) as response:
                return Answer(response.status_code, response.headers, content_of(response))
        except (httpx.TransportError, httpx.DecodingError) as exc:
            raise Again(type(exc).__name__) from exc


@contextmanager
def opened(access: Access, stop: Event) -> Iterator[Source]:
    """Have connections to a source for as long as the block lasts; a redirect would take the token elsewhere."""
    headers = {"Auth-Token": access.token, "Entity-Token": access.entity_token, "Accept": "application/json"}
    with httpx.Client(headers=headers, timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        yield Source(access, client, stop)


def content_of(response: httpx.Response) -> bytes:
    content = bytearray()
    until = time.monotonic() + LONGEST_ANSWER
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            raise Unexpected("An answer of the source is larger than 64 MiB; ask for fewer records with --per-page.")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("The answer took too long.")
    return bytes(content)


def expected(answer: Answer) -> Answer:
    """Return an answer that is a success.

    Raises:
        Again, Unexpected, Refused
    """
    if answer.status == 200:
        return answer
    if answer.status == 429 or answer.status >= 500:
        raise Again(f"HTTP status {answer.status}", wait_asked_by(answer))
    if answer.status < 400:
        raise Unexpected(f"The source answers {answer.status}; name the address that it redirects to, if it does.")
    raise Refused(f"The source refused it: {words_of(answer)}")


def wait_asked_by(answer: Answer) -> float:
    """Return how many seconds a source asks to be left alone for; 0 when it does not say."""
    asked = wait_asked(answer.headers.get("Retry-After"))
    return min(asked.total_seconds(), LONGEST_WAIT) if asked else 0
