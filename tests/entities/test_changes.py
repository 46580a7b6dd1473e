"""How changes are found: by an index that has their order, whatever the statistics say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from entities.changes import BEGINNING, IN_ORDER, Place, Stretch, changes_in, changes_sql
from entities.schema import schemas
from tests.plans import plan_of

INSERT = """
    INSERT INTO entities_product (sku, categories, attributes, changed_in)
    SELECT number, '{}', '[]', (number / 4000)::text::xid8 FROM generate_series(%s::int, %s::int) AS given(number)
"""
REMOVE = """
    INSERT INTO entities_tombstone (entity, key, record, changed_in)
    SELECT 'product', 'gone-' || number, 2000000000 + number, (number / 4000)::text::xid8
    FROM generate_series(1, 20000) AS given(number)
"""
END = Place(10**6, 0)


@pytest.fixture(params=[1, 20000], ids=lambda count: f"known at {count}")
def _many(db: None, request: pytest.FixtureRequest) -> None:
    """Give 20,000 products and as many removed, changed by five transactions, and statistics of some products."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [1, request.param])
        cursor.execute(REMOVE)
        cursor.execute("ANALYZE entities_product, entities_tombstone")
        cursor.execute(INSERT, [request.param + 1, 20000])


def generic_plan_of(sql: str, parameters: Any) -> str:
    """Return how PostgreSQL would run a statement that is prepared once for all parameters."""
    numbered = sql.replace("%s", "${}").format(*range(1, len(parameters) + 1))
    return plan_of(numbered, how=["GENERIC_PLAN", "COSTS OFF"])


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("planned", [plan_of, generic_plan_of])
@pytest.mark.parametrize("with_deletions", ["all changes", ""], ids=["with deletions", "without"])
def test_changes_are_read_in_the_order_of_an_index(planned: Callable[..., str], with_deletions: str) -> None:
    bounds = [1, "2", 9000, END.epoch, str(END.xid), 101]
    parameters = [*bounds, "product", *bounds, 101] if with_deletions else bounds
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
    plan = planned(changes_sql(schemas()["product"], bool(with_deletions)), parameters)
    assert "Index Scan using entities_pr_changed_99e960_idx" in plan
    assert "Seq Scan on entities_product" not in plan
    assert "Bitmap" not in plan


@pytest.mark.usefixtures("_many")
def test_changes_of_one_transaction_go_on_where_they_were() -> None:
    product, after = schemas()["product"], BEGINNING
    found: list[Place] = []
    while part := changes_in(product, Stretch(after, END, limit=1500, with_deletions=True)):
        found += [change.place for change in part]
        after = part[-1].place
    assert len(found) == len(set(found)) == 40000
    assert found == sorted(found)
