"""Databases beside that of the tests: empty ones, and copies of one that was migrated once for the whole session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

CHECKOUT = Path(__file__).parent.parent
TEMPLATE = "TESTS_TEMPLATE"  # The variable with its name, which `tests.servers` sets and every process inherits.
LOCK = 7_357_001
MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def new_database(name: str, template: str = "template1") -> str:
    """Create a database beside the one of the tests and return its URL."""
    execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    return url_of(name)


def migrated_database(name: str) -> str:
    """Create a database in which every migration is done and return its URL."""
    return new_database(name, migrated())


def migrated() -> str:
    """Return the name of the database to copy; who asks first makes it, and nobody stays connected to it."""
    name = os.environ[TEMPLATE]
    with server_itself() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            _migrate(new_database(unfinished := f"{name}_unfinished"))
            execute("ALTER DATABASE {} RENAME TO {}", unfinished, name)
    return name


def _migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "connector.settings"}
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=CHECKOUT, env=environment, check=True, stdin=subprocess.DEVNULL)


def url_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def execute(statement: str, *names: str) -> None:
    """Run a statement with these names in it, outside of any transaction."""
    with server_itself() as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def server_itself() -> psycopg.Connection:
    """Connect to the database that every server has: that of DATABASE_URL need not be there."""
    return psycopg.connect(libpq_url(url_of("postgres")), autocommit=True)


def libpq_url(url: str) -> str:
    return url.replace("postgres:", "postgresql:", 1)
