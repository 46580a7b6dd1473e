"""A reader that follows the changes of an entity, as the tests of the contract need one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.http import HttpResponse

from tests.conftest import Dsync

PATIENCE = 120  # Another test of the session may have a transaction open all its time.


def settle() -> None:
    """Wait until every transaction that has begun has ended: changes are told of those alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        (begun,) = cursor.fetchone()
        until = time.monotonic() + PATIENCE
        while not ended(cursor, begun):
            assert time.monotonic() < until
            Event().wait(0.005)


def ended(cursor: Any, begun: str) -> bool:
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [begun])
    return bool(cursor.fetchone()[0])


def move() -> None:
    """Have the database find itself in another cluster than it was, as after a restore."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION connector_cluster() RETURNS text LANGUAGE sql STABLE RETURN 'x'")


def items(answer: HttpResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["data"]["items"]
    return found


def keys(answer: HttpResponse) -> str:
    """Return the skus of a page, those of deletions with a minus before them."""
    return "".join("-" * item.get("_deleted", False) + item["sku"] for item in items(answer))


def since(dsync: Dsync, start: str, more: str = "", entity: str = "product") -> HttpResponse:
    return dsync.items(entity, f"?changed_since={quote(start)}{more}")


def going_on(dsync: Dsync, answer: HttpResponse, entity: str = "product") -> Iterator[HttpResponse]:
    """Yield a page and those after it, by their cursors."""
    yield answer
    while "Next-Cursor" in answer:
        answer = dsync.items(entity, f"?cursor={quote(answer['Next-Cursor'])}")
        yield answer


@dataclass
class Follower:
    """Holds a copy of an entity's records, by key, and keeps it up from cursor to cursor."""

    dsync: Dsync
    entity: str = "product"
    key: str = "sku"
    per_page: int = 100
    copy: dict[str, Any] = field(default_factory=dict)
    cursor: str = ""

    def walk(self) -> None:
        """Copy all records that live."""
        self.take(self.dsync.items(self.entity, f"?per_page={self.per_page}"))

    def follow(self) -> None:
        """Take what was changed since."""
        self.take(since(self.dsync, self.cursor, f"&deletions=1&per_page={self.per_page}", self.entity))

    def take(self, first: HttpResponse) -> None:
        for page in going_on(self.dsync, first, self.entity):
            for item in items(page):
                self.copy.pop(item[self.key], None)
                if "_deleted" not in item:
                    self.copy[item[self.key]] = item
            self.cursor = page.get("Changes-Cursor", "")
