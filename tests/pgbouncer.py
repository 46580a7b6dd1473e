"""A real PgBouncer before the PostgreSQL of the tests, with the file of `deploy/` but for addresses and accounts."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from connector.stack.system_user import give, system_user
from connector.stack.waiting import Waiting
from tests.acceptance.local_stack import CHECKOUT

PROGRAM = shutil.which("pgbouncer", path="/usr/bin:/usr/sbin:/usr/local/bin")
PORT = 6432  # of the socket's name alone
FILE = CHECKOUT / "deploy" / "pgbouncer.ini"
PREPARES_FROM = (1, 21)


@dataclass
class PgBouncer:
    """One pooler: the folder of its file and its socket, and the server and database behind it."""

    home: Path
    host: str
    database: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return what a deployer sets as DATABASE_URL, for every role."""
        return f"postgres://connector@/connector_{{role}}?host={quote(str(self.home), safe='/')}&port={PORT}"

    def write(self) -> Path:
        """Write the file that is deployed, with this server's address in it."""
        parser = RawConfigParser()
        parser.read(FILE)
        for name, value in parser.items("databases"):
            moved = value.replace(
                "host=postgres port=5432 dbname=connector", f"host={self.host} dbname={self.database}"
            )
            parser.set("databases", name, moved)
        own = {"listen_addr": "", "listen_port": PORT, "unix_socket_dir": self.home, "auth_type": "any"}
        for name, value in {**own, **self.settings, "logfile": self.home / "pgbouncer.log"}.items():
            parser.set("pgbouncer", name, str(value))
        for name, value in parser.items("databases"):  # Whoever asks is the one user that there is.
            parser.set("databases", name, f"{value} user=connector")
        path = self.home / "pgbouncer.ini"
        with path.open("w") as file:
            parser.write(file)
        return path

    def start(self) -> None:
        user = system_user()
        give(self.home, user)
        self.home.chmod(0o755)
        self.process = subprocess.Popen(
            [str(PROGRAM), str(self.write())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        Waiting().until(self.is_up, "PgBouncer")

    def is_up(self) -> bool:
        try:
            with psycopg.connect(self.url.format(role="web").replace("postgres:", "postgresql:")):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def kill(self) -> None:
        """Kill it; every connection through it ends."""
        self.process.kill()
        self.process.wait(30)
        (self.home / f".s.PGSQL.{PORT}").unlink(missing_ok=True)


@contextmanager
def pooling(bouncer: PgBouncer) -> Iterator[PgBouncer]:
    bouncer.start()
    try:
        yield bouncer
    finally:
        bouncer.stop()


def version() -> tuple[int, ...]:
    told = subprocess.run([str(PROGRAM), "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2]))
