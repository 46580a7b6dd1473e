"""Our side: the connector's own processes, configured as in production but for their addresses and quiet logs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django
import redis
from django.core.management import call_command

from benchmarks.processes import GUNICORN, process, web
from benchmarks.servers import Servers, Side
from connector.stack.postgres import ROLE
from connector.stack.programs import processes

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "connector.settings",
    "DEBUG": "false",
    "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": "b25seS1mb3ItYmVuY2htYXJrcy0wMTIzNDU2Nzg5LWE=",
    "ALLOWED_HOSTS": "127.0.0.1",
    "LOG_LEVEL": "WARNING",  # The peers' web servers log no requests either.
}
NO_GUARD = {"CONNECTOR_DELETE_LIMIT": "1000000000"}  # Deletes are counted, and never so many that a person is asked.
LEFT_BY_A_WORK = "sync_delivery, sync_attempt, sync_gauge, entities_product"


@dataclass(frozen=True)
class Ours(Side):
    """The connector over a database of its own in the run's PostgreSQL."""

    client_id: int
    headers: dict[str, str]

    @classmethod
    def prepared(cls, servers: Servers) -> Ours:
        """Have this process be one of the connector's: settings, a migrated database, tokens."""
        os.environ.update(SETTINGS | NO_GUARD, DATABASE_URL=servers.cluster.url(), REDIS_URL=servers.valkey.url())
        os.environ["RUN_DIR"] = str(servers.place.run_dir)
        django.setup()
        from connector.edge.tokens import issue  # noqa: PLC0415 (models can be imported only now)
        from entities.tokens import entity_tokens  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        token, text = issue(client_name="dsync")
        headers = {"Auth-Token": text, "Entity-Token": entity_tokens()["product"], "Process-Id": "benchmark"}
        return cls(servers, ROLE, token.client_id, headers)

    @contextmanager
    def web(self, **environment: str) -> Iterator[int]:
        """Run the web server, with more in its environment, and yield its port."""
        environment = {**os.environ, "DATABASE_URL": self.servers.cluster.url(self.database_name), **environment}
        with web([sys.executable, *GUNICORN], log=self.servers.log("web"), env=environment) as port:
            yield port

    @contextmanager
    def program(self, name: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program of the stack as `make run` does, with more options."""
        (program,) = (program for program in processes() if program.name == name)
        with process([*program.command, *options], log=self.servers.log(name)) as started:
            yield started

    def clean(self) -> None:
        with self.database() as connection:
            connection.execute(f"TRUNCATE {LEFT_BY_A_WORK}".encode())
        with self.valkey() as client:
            client.flushall()

    def valkey(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.servers.valkey.socket))
