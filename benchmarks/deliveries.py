"""A backlog put into the journal as intake writes it, many times faster than over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.client import KEY
from benchmarks.load import BODY
from sync.delivery import journal
from sync.delivery.write import Write
from sync.models.delivery import Method

if TYPE_CHECKING:
    import psycopg

PROCESS_ID = "backlog"


@dataclass(frozen=True)
class Product:
    """A write of one product, as the peers' task gets it and as Dsync sends it."""

    method: Method
    key: str
    body: bytes

    @property
    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self.body)
        return values


def creations(name: str, count: int) -> Iterator[Product]:
    """Yield the published body under distinct keys."""
    for number in range(count):
        key = f"{name}-{number}"
        yield Product(Method.POST, key, BODY.replace(KEY, key.encode()))


def updates(name: str, count: int, *, records: int) -> Iterator[Product]:
    """Yield changes of a few records, round and round."""
    for number in range(count):
        key = f"{name}-{number % records}"
        body = {"sku": key, "name": f"Name {number}", "price": number, "color": "White", "status": "Disabled"}
        yield Product(Method.PUT, key, json.dumps(body).encode())


def store(connection: psycopg.Connection, client_id: int, products: Iterator[Product]) -> None:
    with connection.cursor() as cursor:
        rows = (row(client_id, product) for product in products)
        first = next(rows)
        with cursor.copy(f"COPY sync_delivery ({', '.join(first)}) FROM STDIN".encode()) as target:
            target.write_row(list(first.values()))
            for values in rows:
                target.write_row(list(values.values()))


def row(client_id: int, product: Product) -> dict[str, Any]:
    write = Write(client_id, "product", product.method, product.body, PROCESS_ID)
    return {**journal.row(write, product.key, journal.accepted()), "accepted_at": "now", "runnable_at": "now"}
