"""Databases of ours that differ in nothing but how much is in them, each with a web server of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg
from psycopg import sql

from benchmarks.bench import Bench
from benchmarks.catalogues import KEYS, copy
from benchmarks.load import Load, Target
from benchmarks.ours import Ours

DELIVERIES = {
    "id": "number",
    "record_key": KEYS,
    "record_hash": "hashint8extended(number, 0)",  # As evenly spread as ours.
    "lane": "number % 256",
    "process_id": "'process-' || number / 1000",
}
LAST = "SELECT setval(pg_get_serial_sequence('sync_delivery', 'id'), %s)"


@contextmanager
def grown(bench: Bench, counts: Sequence[int]) -> Iterator[dict[int, int]]:
    """Have so many products, and as many deliveries that brought them; yield a port for each count."""
    bench.clean()
    with bench.ours.web() as port:
        Load(Target(port, "//entity/product", bench.ours.headers), seconds=0).rate()
    with ExitStack() as stack:
        sides = {count: stack.enter_context(database(bench.ours, count)) for count in counts}
        yield {count: stack.enter_context(side.web()) for count, side in sides.items()}


@contextmanager
def database(ours: Ours, count: int) -> Iterator[Ours]:
    """Copy our database, fill the copy, and drop it with the block."""
    side = replace(ours, database_name=f"grown_{count}")
    with psycopg.connect(ours.servers.cluster.url("postgres"), autocommit=True) as connection:
        name, template = sql.Identifier(side.database_name), sql.Identifier(ours.database_name)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        try:
            fill(side, count)
            yield side
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def fill(side: Ours, count: int) -> None:
    copy(side, "sync_delivery", count, **DELIVERIES)
    copy(side, "entities_product", count, sku=KEYS, last_delivery="number")
    with side.database() as connection:
        connection.execute(LAST, [count])
        connection.execute("CHECKPOINT")
