"""Tables with very many rows, in a schema of their own, which get their indexes when they are full.

All of it goes with the transaction. `PLAN_ROWS` says how many; a million of each takes longer than a test may.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

COUNT = int(os.environ.get("PLAN_ROWS", "40_000"))
CLIENT = 1
LARGE = "everything"  # The process that has the newest tenth of all deliveries.
DELIVERIES = f"""
    INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
        idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at, runnable_at, reason)
    SELECT state, CASE state WHEN 'applied' THEN 'created' END, 'product', (n / 2)::text, n / 2, n / 2 % 256,
        'POST', {CLIENT}, process, CASE WHEN n % 10 = 0 THEN n::text ELSE '' END, '', '', 0, '[]', '[]',
        now() - ({COUNT} - n) * interval '10 days' / {COUNT}, CASE WHEN state IN ('applied', 'rejected') THEN now() END,
        CASE state WHEN 'accepted' THEN now() END, CASE state WHEN 'dead' THEN 'reason-' || n % 3 ELSE '' END
    FROM (SELECT n, CASE n % 1000 WHEN 1 THEN 'dead' WHEN 2 THEN 'held' WHEN 3 THEN 'rejected'
                    ELSE CASE n % 100 WHEN 0 THEN 'accepted' ELSE 'applied' END END AS state,
                    CASE WHEN n > 0.9 * {COUNT} THEN '{LARGE}' ELSE 'process-' || n / 100 END AS process
          FROM generate_series(1, {COUNT}) AS n) AS made
"""  # noqa: S608
PRODUCTS = f"""
    INSERT INTO entities_product (sku, categories, attributes, changed_in)
    SELECT n::text, '{{}}', '[]', (n / 100)::text::xid8 FROM generate_series(1, {COUNT}) AS n
"""  # noqa: S608
TOMBSTONES = f"""
    INSERT INTO entities_tombstone (entity, key, record, changed_in)
    SELECT 'product', 'gone-' || n, {COUNT} + n, (n / 100)::text::xid8 FROM generate_series(1, {COUNT}) AS n
"""  # noqa: S608
PUSHES = f"""
    INSERT INTO sync_push (entity, record_key, state, due_at, version, is_known, tries, reason)
    SELECT 'product', n::text, state, CASE state WHEN 'waiting' THEN now() END, 1, true, 0, ''
    FROM (SELECT n, CASE n % 100 WHEN 0 THEN 'waiting' WHEN 1 THEN 'dead' ELSE 'sent' END AS state
          FROM generate_series(1, {COUNT}) AS n) AS made
"""  # noqa: S608
FOLLOW_UPS = f"""
    INSERT INTO sync_followup (hook, delivery, due_at, tries, reason)
    SELECT 'hook', n, CASE WHEN n % 100 > 0 THEN now() + make_interval(secs => n) END, 0, ''
    FROM generate_series(1, {COUNT}) AS n
"""  # noqa: S608
COUNTED = COUNT - 1000  # The deliveries after that are not in the counts of traffic yet.
UNSETTLED = f"""
    INSERT INTO sync_gauge (name, value, measured_at) VALUES ('counted', {COUNTED}, now());
    INSERT INTO sync_unsettled (delivery, entity, accepted_at, state)
    SELECT id, entity, accepted_at, state FROM sync_delivery WHERE finished_at IS NULL AND id <= {COUNTED}
"""  # noqa: S608
# They are of no walk that a test opens.
BLOCKS = f"""
    INSERT INTO sync_walkblock (walk_id, number, boundaries)
    SELECT -n / 100, n % 100 - 50, '{{1, 2}}' FROM generate_series(1, {COUNT}) AS n
"""  # noqa: S608
FILLED = {
    "sync_delivery": DELIVERIES,
    "entities_product": PRODUCTS,
    "entities_tombstone": TOMBSTONES,
    "sync_push": PUSHES,
    "sync_followup": FOLLOW_UPS,
    "sync_unsettled": UNSETTLED,
    "sync_walkblock": BLOCKS,
}
BEGIN = """
    CREATE SCHEMA many; SET LOCAL search_path = many, public; SET LOCAL jit = off; SET LOCAL maintenance_work_mem = '128MB'
"""
INDEXES = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass"


@contextmanager
def many() -> Iterator[None]:
    """Have the tables full for a block."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(BEGIN)
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
