"""The web process as it is deployed: gunicorn with its own database in the session's cluster, and a client of bytes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import psycopg

from connector.stack.waiting import Waiting
from tests import pgbouncer
from tests.acceptance.local_stack import CHECKOUT, free_port
from tests.acceptance.said import leaks
from tests.databases import libpq_url, migrated_database

GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
PREPARE = """
import django
django.setup()
from connector.edge.models import Scope
from connector.edge.tokens import issue
print(issue(client_name="dsync")[1], issue(client_name="dsync", scope=Scope.READ)[1])
"""
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Web:
    """One gunicorn, and Dsync's side as bytes on a socket."""

    def __init__(self, folder: Path, **changes: str) -> None:
        self.port = free_port()
        self.output = folder / "output"
        self.used: set[str] = set()  # Texts that it may not tell, beside its own tokens.
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "WEB_BIND": "127.0.0.1",
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "connector.settings",
            **changes,
        }
        self.environment.pop("CONNECTOR_ROLE", None)  # Each process has its own.
        self.beside = ExitStack()

    def start(self, database_url: str | None = None) -> None:
        """Serve a database that is there with all its tables, or a new one."""
        self.database_url = database_url or migrated_database(f"web_{self.port}")
        self.environment |= self.beside.enter_context(pgbouncer.way_to(self.database_url))
        self.token, self.reading_token = self.prepare()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                GUNICORN, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=CHECKOUT, env=self.environment
            )
        Waiting().until(self.is_up, "gunicorn", seconds=4 * PATIENCE)
        layout = self.get("/datalayout").json()["data"]["data_layout"]
        self.entity_tokens = {entity["entity_name"]: entity["entity_token"] for entity in layout}

    def prepare(self) -> list[str]:
        """Make the tokens of the database and return them."""
        made = subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=CHECKOUT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return made.stdout.split()

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return self.get("/health/live").status == 200
        except OSError:
            return False

    def close(self) -> None:
        """End it, and see that it told no secret."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.beside.close()
        kept = (self.environment["SECRET_KEY"], self.environment["FIELD_KEYS"], self.token, self.reading_token)
        secrets = {*kept, *self.entity_tokens.values(), *self.used}
        assert leaks(self.log.splitlines(), secrets) == []

    @property
    def log(self) -> str:
        return self.output.read_text()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask(self.request("GET", path, None, **headers))

    def processed(self, process_id: str) -> dict[str, int] | None:
        """Return the counts of a process, None when nothing of it was stored."""
        answer = self.get(f"/process/{process_id}")
        return answer.json()["data"]["counts"] if answer.status == 200 else None

    def request(self, method: str, path: str, body: bytes | None, **headers: str | None) -> bytes:
        """Return a request as Dsync writes it; a header that is None is left out."""
        named: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Auth-Token": self.token,
            "Content-Type": "application/json",
            "Content-Length": None if body is None else str(len(body)),
        }
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in named.items() if value is not None]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + (body or b"")

    def write(self, method: str, entity: str, body: bytes | None, **headers: str | None) -> bytes:
        return self.request(
            method, f"//entity/{entity}", body, **{"Entity_Token": self.entity_tokens[entity], **headers}
        )

    def ask(self, raw: bytes, *, method: str = "GET", then_close: bool = False) -> Answer:
        """Send bytes and return the answer; `then_close` says at once that no more will come."""
        with self.connected() as connection:
            send(connection, raw)
            if then_close:
                connection.shutdown(socket.SHUT_WR)
            return received(connection, method)

    def ask_all(self, raws: Sequence[bytes]) -> list[Answer]:
        """Send every request before the first answer is read, on connections that stay open as Dsync's do."""
        raws = [raw.replace(b"Connection: close", b"Connection: keep-alive", 1) for raw in raws]
        with ExitStack() as stack:
            connections = [stack.enter_context(self.connected()) for _ in raws]
            for connection, raw in zip(connections, raws, strict=True):
                connection.sendall(raw)
            return [received(connection) for connection in connections]

    def execute(self, statement: str) -> Any:
        """Run a statement on its database and return the first value that it finds."""
        with psycopg.connect(libpq_url(self.database_url), autocommit=True) as database:
            cursor = database.execute(statement.encode())
            return (cursor.fetchone() or [None])[0] if cursor.description else None

    def connected(self, patience: float = PATIENCE) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience)


def send(connection: socket.socket, raw: bytes) -> None:
    # The server may answer and close before it has read everything; the answer is there all the same.
    with suppress(ConnectionError):
        connection.sendall(raw)


def received(connection: socket.socket, method: str = "GET") -> Answer:
    """Return the answer; raise OSError or HTTPException where there is none."""
    with HTTPResponse(connection, method=method) as response:
        response.begin()
        return Answer(response.status, dict(response.headers.items()), response.read())
