"""Databases with what the previous release left, and connections that lead to them."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from psycopg import sql

from connector.stack.postgres import WHEEL
from tests.databases import execute, libpq_url, new_database
from tests.releases.released import DUMP

Rows = dict[str, list[dict[str, Any]]]
ALIASES = ("default", "autonomous")
UNKNOWN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;\n"
LIVE = "UPDATE sync_walk SET served_at = now()"  # A walk is forgotten after a day.


def restore(name: str, dump: bytes) -> str:
    """Make a database beside that of the tests out of a dump, and return its URL."""
    url = new_database(name)
    command = [str(WHEEL / "bin" / "psql"), "--quiet", "-v", "ON_ERROR_STOP=1", libpq_url(url)]
    lines = dump.replace(UNKNOWN_TO_OLDER_SERVERS, b"")
    subprocess.run(command, input=lines, check=True, capture_output=True)
    return url


def restore_release(name: str) -> str:
    """Make a database as the previous release left it."""
    url = restore(name, gzip.decompress(DUMP.read_bytes()))
    with psycopg.connect(libpq_url(url), autocommit=True) as database:
        database.execute(LIVE)
    return url


def copy(name: str, original: str) -> None:
    new_database(name, original)


def drop(name: str) -> None:
    execute("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Have every connection of this process lead to a database of the session's server."""
    own = {alias: connections[alias].settings_dict["NAME"] for alias in ALIASES}
    lead_to(dict.fromkeys(ALIASES, name))
    try:
        yield
    finally:
        lead_to(own)


def lead_to(names: dict[str, str]) -> None:
    ContentType.objects.clear_cache()
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def rows(url: str) -> Rows:
    """Return all rows of all tables, in the order of their numbers."""
    with psycopg.connect(libpq_url(url)) as database:
        names = [name for (name,) in database.execute(TABLES)]
        return {
            name: [row for (row,) in database.execute(sql.SQL(ROWS).format(sql.Identifier(name)))] for name in names
        }


TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition
    ORDER BY relname
"""
ROWS = "SELECT to_jsonb(stored) FROM {} AS stored ORDER BY to_jsonb(stored)::text"
