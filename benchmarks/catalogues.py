"""Both databases filled with copies of the published product, many times faster than over HTTP."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.client import KEY
from benchmarks.load import Load, Target
from benchmarks.servers import Side

PREFIX = "walk-"
KEYS = f"'{PREFIX}' || lpad(number::text, {len(KEY) - len(PREFIX)}, '0')"
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_name = %s AND column_name <> 'id' AND column_name <> ALL (%s)
"""
COPIES = """
    CREATE TEMPORARY TABLE one AS SELECT * FROM {table} LIMIT 1;
    TRUNCATE {table};
    INSERT INTO {table} ({drawn}, {columns})
    SELECT {values}, {columns} FROM one, generate_series(1, {count}) AS number;
    DROP TABLE one
"""


def fill(bench: Bench, count: int) -> None:
    """Have so many products on both sides, copies of one that each side's own code has created over HTTP."""
    if bench.ours.count("SELECT count(*) FROM entities_product") == count:
        return  # The work before has left them.
    bench.clean()
    with bench.ours.web() as ours, bench.theirs.web("drf") as theirs:
        Load(Target(ours, "//entity/product", bench.ours.headers), seconds=0).rate()
        Load(Target(theirs, "/products/", bench.theirs.headers), seconds=0).rate()
    copy(bench.ours, "entities_product", count)
    copy(bench.theirs, "catalogue_product", count)


def copy(side: Side, table: str, count: int, **drawn: str) -> None:
    """Have copies of one row in the place of all; `drawn` is what differs, by the row's number."""
    drawn = drawn or {"sku": KEYS}
    with side.database() as connection:
        (columns,) = connection.execute(COLUMNS, [table, list(drawn)]).fetchone() or ("",)
        form = {"table": table, "columns": columns, "drawn": ", ".join(drawn), "values": ", ".join(drawn.values())}
        connection.execute(COPIES.format(**form, count=count).encode())
        connection.execute(f"VACUUM ANALYZE {table}".encode())
