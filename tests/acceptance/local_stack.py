"""`python -m connector.stack run` as a process of its own, as `make run` starts it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from connector.stack import credentials
from connector.stack.place import Place
from connector.stack.postgres import Cluster
from connector.stack.readiness import UNSEALED
from connector.stack.waiting import Waiting
from tests import pgbouncer
from tests.acceptance.known import secrets_of
from tests.acceptance.said import leaks, lines, unreadable

CHECKOUT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-m", "connector.stack", "run")
OF_THE_TESTS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "DEBUG", "CONNECTOR_ROLE"}
LAST_LINE = "Ctrl-C stops everything."
PATIENCE = 60
LOG_LINES = 30


def environment(run_dir: Path, port: int, **changes: str) -> dict[str, str]:
    """Return what a developer's shell has, and not what the test session has set."""
    shell = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    # Loads delete more than pass without a person.
    return {**shell, "RUN_DIR": str(run_dir), "PORT": str(port), "CONNECTOR_DELETE_LIMIT": "0", **changes}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class LocalStack:
    """A stack with a RUN_DIR and a port of its own; `changes` are what its shell has set besides."""

    pooler: pgbouncer.PgBouncer | None = None  # between its processes and its database, once it was started

    def __init__(self, run_dir: Path, *, is_pooled: bool | None = None, **changes: str) -> None:
        self.run_dir = run_dir
        self.is_pooled = pgbouncer.is_asked_for() if is_pooled is None else is_pooled
        self.beside = ExitStack()
        self.changes = changes
        self.used: set[str] = set()  # Texts that no process may tell, beside what the stack knows itself.
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = run_dir.parent / "output"

    def start(self) -> None:
        """Start it and wait for the end of its banner."""
        if self.is_pooled and not self.pooler:
            self.pool()
        with self.output.open("wb") as output:
            self.front = subprocess.Popen(
                COMMAND,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=CHECKOUT,
                env=self.environment,
            )
        Waiting().until(self.has_announced_itself, "the banner", seconds=5 * PATIENCE)

    def pool(self) -> None:
        """Run a pooler between its processes and its database, and tell its shell what a deployer sets for it."""
        self.pooler = self.beside.enter_context(pgbouncer.pooling(self.database_url))
        way = self.pooler.environment
        if "DATABASE_URL" not in self.changes:  # It is not told, but its processes: it still has its own PostgreSQL.
            file = self.run_dir / "pooler"
            file.write_text(way.pop("DATABASE_URL"))
            way["DATABASE_URL_FILE"] = str(file)
        self.changes |= way

    def has_announced_itself(self) -> bool:
        assert self.front.poll() is None, self.banner
        return LAST_LINE in self.banner

    @property
    def logs_json(self) -> bool:
        return self.changes.get("LOG_JSON") == "true"

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.run_dir, self.port, **self.changes)

    @property
    def banner(self) -> str:
        return self.output.read_text()

    @property
    def curl_lines(self) -> list[str]:
        return re.findall(r"^ +(curl .+)$", self.banner, flags=re.MULTILINE)

    @property
    def credentials(self) -> dict[str, str]:
        return credentials.read(self.run_dir / "credentials")

    def last_lines(self) -> list[str]:
        """Return how the log of every process ends."""
        paths = sorted((self.run_dir / "logs").glob("*.log"))
        ends = [(path.name, path.read_text(errors="replace").splitlines()[-LOG_LINES:]) for path in paths]
        return [f"{name}: {line[:500]}" for name, lines in ends for line in lines]

    @property
    def database_url(self) -> str:
        """Return the address of the database itself."""
        return self.changes.get("DATABASE_DIRECT_URL") or self.changes.get("DATABASE_URL") or self.cluster.url()

    @property
    def cluster(self) -> Cluster:
        """Return the PostgreSQL of its own, where it has one, also before it was started."""
        place = Place.of(self.run_dir)
        return Cluster.at(place.home, sockets=place.postgres_sockets)

    def get(self, path: str) -> dict[str, Any]:
        """Read a route as Dsync does."""
        said = httpx.get(self.url + path, headers=self.headers, verify=UNSEALED, trust_env=False, timeout=10)
        answer: dict[str, Any] = said.json()
        return answer

    def items(self) -> list[dict[str, Any]]:
        """Return the products stored, at least one."""
        items: list[dict[str, Any]] = self.get("/api/sync/items/")["data"]["items"]
        assert items
        return items

    @property
    def headers(self) -> dict[str, str]:
        (entity,) = set(re.findall(r"Entity-Token: ([^']+)'", self.banner))
        return {"Auth-Token": self.credentials["AUTH_TOKEN"], "Entity-Token": entity}

    def processes(self) -> list[psutil.Process]:
        """Return every process that it has started, and itself."""
        front = psutil.Process(self.front.pid)
        return [front, *front.children(recursive=True)]

    def kill(self) -> None:
        """Kill the process at the terminal alone."""
        self.front.kill()
        self.front.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        if self.front.poll() is None:
            self.front.send_signal(number)
        return self.front.wait(PATIENCE)

    def remove(self) -> None:
        """Stop it where it was started, and remove what it keeps outside RUN_DIR."""
        if hasattr(self, "front"):
            self.stop()
        self.beside.close()
        home = Place.of(self.run_dir).sockets
        if home != self.run_dir:
            shutil.rmtree(home)


Stack = TypeVar("Stack", bound=LocalStack)


@contextmanager
def running(stack_at: Callable[[Path], Stack], name: str = "run") -> Iterator[Stack]:
    """Run a stack in a folder that every user can enter, and remove both."""
    folder = Path(tempfile.mkdtemp(prefix="connector-stack-"))
    folder.chmod(0o711)
    stack = stack_at(folder / name)
    try:
        stack.start()
        yield stack
        secrets = secrets_of(stack)
        assert stack.stop() == 0
        assert leaks(lines(stack), secrets) == []
        assert not stack.logs_json or unreadable(stack) == []
    finally:
        stack.remove()
        shutil.rmtree(folder)
