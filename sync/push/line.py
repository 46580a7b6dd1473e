"""The line to one URL that the operator has set: no redirects, and nothing that is waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import httpx

from sync.push.message import Message

TIMEOUT = httpx.Timeout(20, connect=5)
WHOLE = 25.0  # seconds for an exchange: each wait is within the limits above where bytes come one at a time.
READ = 64 * 1024  # bytes of an answer
PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "connector"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered; the body as far as it is read."""

    status: int
    body: bytes
    retry_after: str | None = None


Outcome = Answer | httpx.HTTPError | httpx.InvalidURL | TimeoutError


class Line:
    """Sends messages side by side, over connections that stay open as long as the line does."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> Self:
        self.loop = asyncio.Runner()
        # No proxy and no .netrc of the environment: what is called is what is configured.
        self.client = httpx.AsyncClient(timeout=TIMEOUT, headers=PLAIN, follow_redirects=False, trust_env=False)
        return self

    def __exit__(self, *_exc: object) -> None:
        self.loop.run(self.client.aclose())
        self.loop.close()

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Return the answer to each message, or what came in the place of one."""
        return self.loop.run(self.send_all(messages))

    async def send_all(self, messages: Sequence[Message]) -> list[Outcome]:
        return await asyncio.gather(*map(self.send_one, messages))

    async def send_one(self, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(WHOLE):
                return await self.exchange(message)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
            return exc

    async def exchange(self, message: Message) -> Answer:
        async with self.client.stream(
            message.method, self.url, headers=message.headers, content=message.body
        ) as response:
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= READ:
                    break
            return Answer(response.status_code, body[:READ], response.headers.get("Retry-After"))
