"""A real PgBouncer before a PostgreSQL of the tests, with the file of `deploy/` but for addresses and accounts.

Where TESTS_POOLED is set, every stack and web process of `tests/acceptance` reaches its database through one of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from connector.stack.place import CHECKOUT
from connector.stack.system_user import give, system_user
from connector.stack.waiting import Waiting
from tests.clusters import folder
from tests.databases import libpq_url

SWITCH = "TESTS_POOLED"
PROGRAM = shutil.which("pgbouncer", path="/usr/bin:/usr/sbin:/usr/local/bin")
ABSENT = "no PgBouncer here (Debian has it in the package pgbouncer)"
PORT = 6432  # of the socket's name alone
FILE = CHECKOUT / "deploy" / "pgbouncer.ini"
DEPLOYED = "host=postgres port=5432 dbname=connector"
PREPARES_FROM = (1, 22)  # Of 1.21 psycopg's DEALLOCATE ALL is not understood.


@dataclass
class PgBouncer:
    """One pooler: the folder of its file and its socket, and the URL of the database behind it."""

    home: Path
    direct: str

    @property
    def url(self) -> str:
        return self.url_of("connector_{role}")

    def url_of(self, name: str) -> str:
        return f"postgres://connector@/{name}?host={quote(str(self.home), safe='/')}&port={PORT}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what a deployer sets, for every role."""
        return {
            "DATABASE_URL": self.url,
            "DATABASE_DIRECT_URL": self.direct,
            "DATABASE_POOLED": "true",
            "DATABASE_PREPARE": str(prepares()).lower(),
        }

    def write(self) -> Path:
        """Write the file that is deployed, with this server's address in it."""
        parser = RawConfigParser()
        parser.read(FILE)
        for name, value in parser.items("databases"):
            assert DEPLOYED in value
            parser.set("databases", name, value.replace(DEPLOYED, self.behind()))
        own = {"listen_addr": "", "listen_port": PORT, "unix_socket_dir": self.home, "auth_type": "any"}
        prepared = {"max_prepared_statements": "200"} if prepares() else {}
        for name, value in {**own, **prepared, "logfile": self.home / "pgbouncer.log"}.items():
            parser.set("pgbouncer", name, str(value))
        path = self.home / "pgbouncer.ini"
        with path.open("w") as file:
            parser.write(file)
        return path

    def behind(self) -> str:
        """Return the server's address as the file has it; whoever asks is the one user that there is."""
        parts = {"user": "connector", **conninfo_to_dict(libpq_url(self.direct))}
        return " ".join(f"{name}='{str(value).replace(chr(39), 2 * chr(39))}'" for name, value in parts.items())

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
        """Tell whether it answers by itself: the server behind it may come later."""
        assert self.process.poll() is None, (self.home / "pgbouncer.log").read_text()
        try:
            with self.console():
                return True
        except psycopg.OperationalError:
            return False

    def console(self) -> psycopg.Connection:
        """Connect to the pooler itself, which understands no more than the simple protocol."""
        return psycopg.connect(
            libpq_url(self.url_of("pgbouncer")), autocommit=True, cursor_factory=psycopg.ClientCursor
        )

    def used(self) -> set[str]:
        """Return the names of its file behind which something was done."""
        with self.console() as console, console.cursor(row_factory=dict_row) as cursor:
            stats = cursor.execute("SHOW STATS").fetchall()
        return {row["database"] for row in stats if row["total_xact_count"] and row["database"] != "pgbouncer"}

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def kill(self) -> None:
        """Kill it; every connection through it ends."""
        self.process.kill()
        self.process.wait(30)
        (self.home / f".s.PGSQL.{PORT}").unlink(missing_ok=True)


@contextmanager
def pooling(direct: str) -> Iterator[PgBouncer]:
    """Run a pooler before a database for as long as the block lasts."""
    assert PROGRAM, ABSENT
    with folder() as home:
        bouncer = PgBouncer(home / "pool", direct)
        bouncer.start()
        try:
            yield bouncer
            assert bouncer.used(), "The processes found another way to the database than through their pooler."
        finally:
            bouncer.stop()


def is_asked_for() -> bool:
    return bool(os.environ.get(SWITCH))


@contextmanager
def way_to(direct: str) -> Iterator[dict[str, str]]:
    """Give what processes have set to reach a database: through a pooler, where the tests are asked for it."""
    if is_asked_for():
        with pooling(direct) as bouncer:
            yield bouncer.environment
    else:
        yield {"DATABASE_URL": direct}


def prepares() -> bool:
    """Tell whether it knows of prepared statements."""
    told = subprocess.run([str(PROGRAM), "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2])) >= PREPARES_FROM
