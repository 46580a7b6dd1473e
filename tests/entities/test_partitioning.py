"""An entity's table is divided, and is in one piece again, with all that was in it and on it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from entities.models import Product
from entities.partitioning import INDEXES, divide, parts_of, rows
from entities.schema import schemas

pytestmark = pytest.mark.django_db
PRODUCT = schemas()["product"]
COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, pg_get_expr(adbin, adrelid)
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = 'entities_product'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
GRANTS = "SELECT relacl::text FROM pg_class WHERE oid = 'entities_product'::regclass"
IN_THE_WAY = {
    "foreign key": "CREATE TABLE ours (product bigint REFERENCES entities_product)",
    "unique index": "CREATE UNIQUE INDEX ours ON entities_product (url_key)",
    "trigger": """
        CREATE TRIGGER ours BEFORE UPDATE ON entities_product
        FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
    """,
    "statistics": "CREATE STATISTICS ours ON name, url_key FROM entities_product",
    "publication": "CREATE PUBLICATION ours FOR TABLE entities_product",
    "generated column": "ALTER TABLE entities_product ADD ours text GENERATED ALWAYS AS (sku) STORED",
    "rights to a column": "ALTER TABLE entities_product ADD ours int; GRANT SELECT (ours) ON entities_product TO PUBLIC",
    "option": "ALTER TABLE entities_product SET (autovacuum_enabled = off)",
    "policy": "CREATE POLICY ours ON entities_product USING (true)",
}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def table() -> list[Any]:
    """Return what the table is: its columns, the rights to it, and its indexes without how far down they reach."""
    return [rows(sql, None) for sql in (COLUMNS, GRANTS)] + [sorted(rows(INDEXES, ["entities_product"]))]


def held() -> list[Any]:
    return list(Product.objects.order_by("pk").values())


def test_division_keeps_rows_columns_indexes_and_rights() -> None:
    run("GRANT SELECT ON entities_product TO pg_monitor")
    for sku in "abc":
        Product.objects.create(sku=sku, price=1)
    before, (columns, rights, indexes) = held(), table()
    divide(PRODUCT, 4)
    assert (parts_of(PRODUCT), held()) == (4, before)
    assert table()[:2] == [columns, rights]
    assert [name for name, *_ in table()[2]] == [name for name, *_ in indexes]


def test_divided_table_is_in_one_piece_again_as_it_was() -> None:
    Product.objects.create(sku="a")
    before = held(), table()
    for parts in (4, 2, 1):
        divide(PRODUCT, parts)
    assert (parts_of(PRODUCT), (held(), table())) == (1, before)


def test_index_that_is_unique_where_a_condition_holds_still_is() -> None:
    run("CREATE UNIQUE INDEX ours ON entities_product (sku) WHERE price > 0")
    before = table()
    for parts in (4, 1):
        divide(PRODUCT, parts)
    assert table() == before


def test_identity_goes_on_after_the_last_one_that_was_drawn() -> None:
    gone = Product.objects.create(sku="a")
    last = gone.pk
    gone.delete()
    divide(PRODUCT, 4)
    assert Product.objects.create(sku="a").pk > last


def test_division_into_as_many_as_there_are_writes_nothing() -> None:
    divide(PRODUCT, 2)
    before = rows("SELECT pg_partition_tree('entities_product')::text", None)
    divide(PRODUCT, 2)
    assert rows("SELECT pg_partition_tree('entities_product')::text", None) == before


@pytest.mark.parametrize("sql", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_division_is_refused_where_something_would_be_lost(sql: str) -> None:
    run(sql)
    with pytest.raises(CommandError, match=r"ours|autovacuum_enabled"):
        call_command("partition_entity", "product", "4")
    assert parts_of(PRODUCT) == 1


@pytest.mark.parametrize("parts", ["0", "65"])
def test_command_refuses_a_number_that_makes_no_sense(parts: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 64"):
        call_command("partition_entity", "product", parts)


def test_command_tells_what_the_table_is() -> None:
    out = StringIO()
    for parts in ("4", "1"):
        call_command("partition_entity", "product", parts, stdout=out)
    assert out.getvalue().splitlines() == [
        "entities_product has 4 partitions.",
        "entities_product is in one piece.",
    ]
