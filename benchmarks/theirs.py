"""The peers' side: their Django project in `peers/`, in a virtual environment of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import GUNICORN, process, web
from benchmarks.servers import Servers, Side
from connector.stack.postgres import ROLE

FOLDER = Path(__file__).parent / "peers"
PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
DATABASE = "peers"
USER = "dsync"


@dataclass(frozen=True)
class Theirs(Side):
    """The peers' project over a database of its own in the run's PostgreSQL."""

    environment: dict[str, str]
    headers: dict[str, str]

    @classmethod
    def prepared(cls, servers: Servers) -> Theirs:
        """Migrate the database and make a token, as the documentation has it."""
        servers.cluster.create_database(DATABASE)
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "settings",
            "PGHOST": str(servers.cluster.sockets),
            "PGUSER": ROLE,
            "BROKER_URL": f"redis+socket://{servers.valkey.socket}?virtual_host=1",
            **{name: value for name, value in os.environ.items() if name.startswith(("WEB_", "CONNECTOR_STACK"))},
        }
        manage(environment, "migrate", "--run-syncdb", "--verbosity=0")
        manage(environment, "createsuperuser", "--noinput", f"--username={USER}", "--email=dsync@example.com")
        token = manage(environment, "drf_create_token", USER).split()[2]
        return cls(servers, DATABASE, environment, {"Authorization": f"Token {token}", "X-API-Key": token})

    @contextmanager
    def web(self, peer: str) -> Iterator[int]:
        """Serve the urls of a peer's module and yield the port."""
        command = [str(PYTHON), *GUNICORN, "--chdir", str(FOLDER), "wsgi"]
        with web(command, log=self.servers.log(peer), env={**self.environment, "PEER": peer}, cwd=FOLDER) as port:
            yield port

    @contextmanager
    def asgi(self, peer: str) -> Iterator[int]:
        """Serve a peer's module that runs an ASGI server of its own, and yield the port."""
        log = self.servers.log(peer)
        with web([str(PYTHON), "-m", peer], log=log, env=self.environment, cwd=FOLDER) as port:
            yield port

    @contextmanager
    def program(self, name: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a module in the peers' project, with more in its environment."""
        command = [str(PYTHON), "-m", *arguments]
        environment = {**self.environment, **environment}
        with process(command, log=self.servers.log(name), env=environment, cwd=FOLDER) as started:
            yield started

    def clean(self) -> None:
        with self.database() as connection:
            connection.execute("TRUNCATE catalogue_product")


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [str(PYTHON), "manage.py", *arguments]
    done = subprocess.run(command, cwd=FOLDER, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
