"""The least that a 202 can cost PostgreSQL: one row for each commit, by pgbench."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import sql

from benchmarks.bench import Bench
from benchmarks.load import CONNECTIONS
from benchmarks.rounds import Side
from connector.stack.postgres import ROLE

INSERT = "pgbench, INSERT of one row"
TABLE = "limit_of_accept"
KEY = "KEY"
DRAW = "\\set number random(1, 1000000000000)"
RATE = re.compile(r"tps = ([\d.]+)")


@contextmanager
def inserting(bench: Bench) -> Iterator[Mapping[str, Side]]:
    """Have a table like that of our deliveries, empty, and yield the side that inserts; nothing without pgbench."""
    pgbench = bench.ours.servers.cluster.programs / "pgbench"
    if not pgbench.exists():
        bench.tell("  there is no pgbench: its row is left out")
        yield {}
        return
    with bench.ours.database() as connection:
        connection.execute(f"CREATE TABLE {TABLE} (LIKE sync_delivery INCLUDING ALL)".encode())
        script = bench.ours.servers.place.run_dir / "insert.sql"
        script.write_text(f"{DRAW}\n{statement(bench.ours.client_id).as_string(connection)};\n")
        try:
            yield {INSERT: lambda: rate(bench, pgbench, script)}
        finally:
            connection.execute(f"DROP TABLE {TABLE}".encode())


def statement(client_id: int) -> sql.Composed:
    """Return the statement of a row as intake stores it, but for its hash and key, which pgbench draws."""
    from benchmarks.deliveries import creations, row  # noqa: PLC0415 (models can be imported only now)

    columns: dict[str, Any] = row(client_id, next(creations(KEY, 1)))
    drawn = {"record_hash": sql.SQL(":number"), "record_key": sql.SQL("'product-' || :number")}
    values = [drawn.get(name) or sql.Literal(value) for name, value in columns.items()]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(TABLE), names, sql.SQL(", ").join(values))


def rate(bench: Bench, pgbench: Path, script: Path) -> float:
    """Return how many rows a second as many connections as the load's insert."""
    seconds = bench.size(2, quick=1)
    options = (f"--client={CONNECTIONS}", "--jobs=2", f"--time={seconds}", "--protocol=prepared", "--no-vacuum")
    where = (f"--host={bench.ours.servers.cluster.sockets}", f"--username={ROLE}", bench.ours.database_name)
    command = [str(pgbench), *options, f"--file={script}", *where]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    (found,) = RATE.findall(done.stdout)
    return float(found)
