"""Both databases filled with copies of the published product, many times faster than over HTTP."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.client import KEY
from benchmarks.load import Load, Target
from benchmarks.servers import Side

PREFIX = "walk-"
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_name = %s AND column_name NOT IN ('id', 'sku')
"""
COPIES = """
    WITH old AS (DELETE FROM {table} RETURNING *)
    INSERT INTO {table} (sku, {columns})
    SELECT '{prefix}' || lpad(number::text, {width}, '0'), {columns}
    FROM (SELECT * FROM old LIMIT 1) AS one, generate_series(1, {count}) AS number
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


def copy(side: Side, table: str, count: int) -> None:
    with side.database() as connection:
        (columns,) = connection.execute(COLUMNS, [table]).fetchone() or ("",)
        form = {"table": table, "columns": columns, "prefix": PREFIX, "width": len(KEY) - len(PREFIX)}
        connection.execute(COPIES.format(**form, count=count).encode())
        connection.execute(f"VACUUM ANALYZE {table}".encode())
