"""The connector that is played against: one that runs, or one started for the play and stopped after it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
from rich.console import Console

CHECKOUT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
STOP_SECONDS = 60
COMMAND = (sys.executable, "-m", "connector.stack", "run")


class UnavailableError(Exception):
    """There is no connector to play against."""


@dataclass(frozen=True, slots=True)
class Target:
    url: str
    token: str
    hood_token: str  # Empty where there is none.


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that the caller has named; those that the stack keeps are for the stack, and taken where none is."""

    auth: str | None
    hood: str | None

    def known(self) -> tuple[str, str]:
        auth, hood = (self.auth, "") if self.auth else kept_tokens()
        return auth, self.hood or hood


@contextmanager
def target(
    *, url: str | None, tokens: Tokens, console: Console, settings: Mapping[str, str] | None = None
) -> Iterator[Target]:
    """Find the connector, or start one with these settings for as long as the block lasts; raises UnavailableError."""
    found = url.rstrip("/") if url else f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    if answers(f"{found}/health/live"):
        yield Target(found, *tokens.known())
    elif url:
        raise UnavailableError(f"Nothing answers at {url}/health/live.")
    else:
        console.print(f"No connector runs at {found}: starting one.")
        with _started(found, console, settings or {}):
            yield Target(found, *tokens.known())


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=10).status_code == 200
    except (httpx.TransportError, httpx.InvalidURL):
        return False


def kept_tokens() -> tuple[str, str]:
    """Return AUTH_TOKEN and HOOD_TOKEN of what a development stack keeps, the latter empty where it has none.

    Raises:
        UnavailableError
    """
    path = Path(os.environ.get("RUN_DIR") or CHECKOUT / ".run") / "credentials"
    try:
        lines = path.read_text().splitlines()
    except OSError as exc:
        raise UnavailableError(f"Pass --token: {path} cannot be read ({exc.strerror}).") from exc
    credentials = {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in lines)}
    if token := credentials.get("AUTH_TOKEN"):
        return token, credentials.get("HOOD_TOKEN", "")
    raise UnavailableError(f"Pass --token: {path} has no AUTH_TOKEN.")


@contextmanager
def _started(url: str, console: Console, settings: Mapping[str, str]) -> Iterator[None]:
    """Run the stack as a child process; stop it, and only it, at the end."""
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(COMMAND, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **settings})
        try:
            start = time.monotonic()
            with console.status("Waiting until it is ready"):
                _wait_until_ready(child, url, log)
            console.print(f"It is ready after {time.monotonic() - start:.0f} s.")
            yield
        finally:
            _stop(child, console)


def _wait_until_ready(child: subprocess.Popen[bytes], url: str, log: IO[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"{url}/health/ready"):
        if child.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            told = "".join(log.readlines()[-20:])
            raise UnavailableError(f"The connector did not become ready. Its last words:\n{told}")
        time.sleep(0.2)


def _stop(child: subprocess.Popen[bytes], console: Console) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # Never killed: its database and workers would be left without the supervisor that stops them.
        console.print(f"The connector started here (pid {child.pid}) is still stopping.")
