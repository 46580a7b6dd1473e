"""Every secret that a stack knows: by its settings, by its database, and what its tests have used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet
from psycopg.sql import SQL, Identifier

from tests.acceptance.tables import database

if TYPE_CHECKING:
    from tests.acceptance.local_stack import LocalStack

MADE = ("SECRET_KEY", "FIELD_KEYS", "ADMIN_PASSWORD", "AUTH_TOKEN", "HOOD_TOKEN")
NAMED = re.compile(r"_(KEYS?|TOKEN|SECRET|PASSWORD)$")
ENCRYPTED = {
    ("datasources_datasource", "password"),
    ("datasources_datasource", "private_key_file"),
    ("datasources_datasource", "passphrase"),
    ("edge_secondfactor", "secret"),
    ("sync_pushtoken", "token"),
}
AS_THEY_ARE = {("django_session", "session_key"), ("entities_entitytoken", "token")}
SELECT = SQL("SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
SHORTEST = 8  # Less would be found in anything.


def secrets_of(stack: LocalStack) -> set[str]:
    """Return what no process of the stack may tell; a key of several lines by each of them."""
    texts = [*of_settings(stack), *of_database(stack), *stack.used]
    lines = (line.strip() for text in texts for line in text.splitlines())
    return {line for line in lines if len(line) >= SHORTEST and not line.startswith("-----")}


def of_settings(stack: LocalStack) -> Iterator[str]:
    yield from filter(None, map(stack.credentials.get, MADE))
    for name, value in stack.changes.items():
        if NAMED.search(name):
            yield value
        elif name.endswith("_URL"):
            yield urlsplit(value).password or ""


def of_database(stack: LocalStack) -> Iterator[str]:
    keys = MultiFernet([Fernet(key) for key in stack.credentials["FIELD_KEYS"].split(",")])
    with database(stack) as connection:
        for table, column in ENCRYPTED | AS_THEY_ARE:
            for (text,) in connection.execute(SELECT.format(column=Identifier(column), table=Identifier(table))):
                yield keys.decrypt(text.encode()).decode() if (table, column) in ENCRYPTED else text
