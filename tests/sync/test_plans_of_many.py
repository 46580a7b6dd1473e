"""How the hot statements run where many records and deliveries are: by an index, of PostgreSQL's own choice.

A million of each takes longer than a test may: `PLAN_ROWS=1000000 make test ARGS=tests/sync/test_plans_of_many.py`.

The rows are in tables of a schema of their own, which get their indexes when they are full and go with the transaction.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from entities import reading
from entities.changes import changes_sql
from entities.schema import schemas
from entities.stretches import BY_INDEX, lived_sql
from sync.applying import lanes, turns
from sync.delivery import journal
from sync.serving import jumps, steps, walks
from tests.plans import plan_of

pytestmark = pytest.mark.django_db
COUNT = int(os.environ.get("PLAN_ROWS", "100_000"))
DELIVERIES = f"""
    INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
        idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at, runnable_at, reason)
    SELECT state, CASE state WHEN 'applied' THEN 'created' END, 'product', (n / 2)::text, n / 2, n / 2 % 256,
        'POST', 1, 'process-' || n / 1000, CASE WHEN n % 10 = 0 THEN n::text ELSE '' END, '', '', 0, '[]', '[]',
        now() - make_interval(secs => {COUNT} - n), CASE state WHEN 'applied' THEN now() END,
        CASE state WHEN 'accepted' THEN now() END, ''
    FROM (SELECT n, CASE WHEN n % 100 = 0 THEN 'accepted' ELSE 'applied' END AS state
          FROM generate_series(1, {COUNT}) AS n) AS made
"""  # noqa: S608
PRODUCTS = f"""
    INSERT INTO entities_product (sku, categories, attributes, changed_in)
    SELECT n::text, '{{}}', '[]', (n / 100)::text::xid8 FROM generate_series(1, {COUNT}) AS n
"""  # noqa: S608
FILLED = {"sync_delivery": DELIVERIES, "entities_product": PRODUCTS}
INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass"


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE SCHEMA many; SET LOCAL search_path = many, public; SET LOCAL jit = off; SET LOCAL maintenance_work_mem = '128MB'"
            )
            for table, rows in FILLED.items():
                fill(cursor, table, rows)
        yield
        transaction.set_rollback(True)


def fill(cursor: Any, table: str, rows: str) -> None:
    """Make a table as the one of this name, fill it, and give it the same indexes under the same names."""
    cursor.execute(INDEXES, [f"public.{table}"])
    indexes = [definition for (definition,) in cursor.fetchall()]
    cursor.execute(f"CREATE UNLOGGED TABLE many.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES)")
    cursor.execute(rows)
    for definition in indexes:
        cursor.execute(definition.replace(f"public.{table} ", f"many.{table} "))
    cursor.execute(f"ANALYZE many.{table}")


PRODUCT = schemas()["product"]
RECORD = [17, "product", "17"]
RECORDS = {"hashes": [1, 2, 3], "entities": ["product"] * 3, "keys": ["1", "2", "3"]}
SPAN = [50_000, 50_100, "2100-01-01"]
STRETCHES = {
    "after": 0,
    "until": COUNT,
    "created_by": "2100-01-01",
    "width": 1000,
    "epoch": 1,
    "xid": str(COUNT // 100 - 1),
}
BETWEEN = [1, "500", 0, 1, "600", 100]
OF_PROCESS = "SELECT id FROM sync_delivery WHERE process_id = %s AND process_id <> '' ORDER BY id LIMIT 100"
STATEMENTS = {
    "newest write": (journal.OF_RECORD, [17, 17, "product", "17", 24], ["sync_delivery_of_record"]),
    "repeat": (journal.OF_IDEMPOTENCY_KEY, [1, "50", 24], ["sync_delivery_idempotent"]),
    "unapplied": (journal.UNAPPLIED, RECORD, ["sync_delivery_unapplied"]),
    "lanes": (lanes.WITH_WORK, [0, 16], ["sync_delivery_ready", "sync_delivery_retrying"]),
    "take": (turns.TAKE, {"lanes": list(range(16)), "size": 500}, ["sync_delivery_ready", "sync_delivery_retrying"]),
    "obstacles": (turns.OBSTACLES, {**RECORDS, "taken": [1, 2]}, ["sync_delivery_obstacle"]),
    "release": (turns.RELEASE, {**RECORDS, "limit": 1000}, ["sync_delivery_obstacle", "sync_delivery_pkey"]),
    "process": (OF_PROCESS, ["process-5"], ["sync_delivery_of_process"]),
    "page": (reading.range_sql(PRODUCT), SPAN, ["entities_product_pkey"]),
    "step": (steps.step_sql(walks.BY_CURSOR, PRODUCT), [2, 1, 0, 1, 1, 1], ["entities_product_pkey"]),
    "page far away": (
        jumps.find_sql(PRODUCT),
        [50_000, 1000, 100, 1],
        ["entities_product_pkey", "sync_walk_block_is_fixed"],
    ),
    "records": (reading.of_keys_sql(PRODUCT), [["1", "2"]], ["entities_product_sku"]),
    "changes": (changes_sql(PRODUCT, False), BETWEEN, ["entities_pr_changed"]),  # noqa: FBT003
}


def test_marks_are_counted_in_indexes_alone_but_for_what_was_changed_since() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        plan = plan_of(lived_sql(PRODUCT), STRETCHES, is_free=True)
    assert plan.count("Index Only Scan using") == 2, plan
    assert "Index Scan using entities_pr_changed" in plan, plan
    assert "Seq Scan on entities_product" not in plan, plan


@pytest.mark.parametrize(("sql", "parameters", "indexes"), STATEMENTS.values(), ids=STATEMENTS)
def test_hot_statement_is_answered_by_its_index(sql: str, parameters: Any, indexes: list[str]) -> None:
    plan = plan_of(sql, parameters, is_free=True)
    assert all(index in plan for index in indexes), plan
    assert not any(f"Seq Scan on {table}" in plan for table in FILLED), plan
