"""How the hot statements run where many records and deliveries are: by an index, of PostgreSQL's own choice.

`make smoke` asks it with a million of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from pytest_django import DjangoDbBlocker

from entities import reading
from entities.changes import changes_sql
from entities.stretches import BY_INDEX, lived_sql
from sync.applying import lanes, marks, turns
from sync.delivery import asking
from sync.keeping import pruning
from sync.serving import jumps, steps, walks
from tests.conftest import Dsync
from tests.plans import plan_of, plans_of_all
from tests.sync.hot_work import PRODUCT, WORK
from tests.sync.many import COUNT, FILLED, LARGE, many

pytestmark = pytest.mark.django_db(databases=["default", "autonomous"])


@pytest.fixture(scope="module", autouse=True)
def _many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), many():
        yield


ALL = reading.live_sql(PRODUCT)  # Are counted, in an index where the table was vacuumed.
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
OLD = {"days": 30, "late": 35, "open": 1, "most": pruning.BATCH}
STATEMENTS = {
    "newest write": (asking.OF_RECORD, [17, 17, "product", "17", 24], ["sync_delivery_of_record"]),
    "repeat": (asking.OF_IDEMPOTENCY_KEY, [1, "50", 24], ["sync_delivery_idempotent"]),
    "unapplied": (asking.UNAPPLIED, RECORD, ["sync_delivery_unapplied"]),
    "lanes": (lanes.WITH_WORK, [0, 16], ["sync_delivery_ready", "sync_delivery_retrying"]),
    "take": (turns.TAKE, {"lanes": list(range(16)), "size": 500}, ["sync_delivery_ready", "sync_delivery_retrying"]),
    "obstacles": (turns.OBSTACLES, {**RECORDS, "taken": [1, 2]}, ["sync_delivery_obstacle"]),
    "release": (turns.RELEASE, {**RECORDS, "limit": 1000}, ["sync_delivery_obstacle", "sync_delivery_pkey"]),
    "mark": (marks.MARK, ["[]"], ["sync_delivery_pkey"]),
    "prune": (pruning.PRUNE, OLD, ["sync_delivery_by_age"]),
    "page": (reading.range_sql(PRODUCT), SPAN, ["entities_product_pkey"]),
    "step": (steps.step_sql(walks.BY_CURSOR, PRODUCT), [2, 1, 0, 1, 1, 1], ["entities_product_pkey"]),
    "page far away": (
        jumps.find_sql(PRODUCT),
        [50_000, 1000, 100, 1],
        ["entities_product_pkey", "sync_walk_block_is_fixed"],
    ),
    "records": (reading.of_keys_sql(PRODUCT), [["1", "2"]], ["entities_product_sku"]),
    "changes": (changes_sql(PRODUCT, False), BETWEEN, ["entities_pr_changed"]),  # noqa: FBT003
    "changes and deletions": (
        changes_sql(PRODUCT, True),  # noqa: FBT003
        [*BETWEEN, "product", *BETWEEN, 100],
        ["entities_pr_changed", "entities_tombstone_changes"],
    ),
}


TABLES = "|".join(FILLED.keys() - {"sync_unsettled"})  # That is as large as the backlog.
WHOLE = re.compile(
    rf"(Seq Scan on ({TABLES})\b|Index (Only )?Scan( Backward)? using \S+ on ({TABLES})\b.*\n +Filter: )"
)
# These stop when they have so many.
FIRST = re.compile(
    r"Limit\n +->  Seq Scan on \S+( \S+)?(\n +Filter: \(\w+ IS (NOT )?NULL\)|$(?!\n +Filter))", re.MULTILINE
)


def test_marks_are_counted_in_indexes_alone_but_for_what_was_changed_since() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        plan = plan_of(lived_sql(PRODUCT), STRETCHES, is_free=True)
    assert plan.count("Index Only Scan using") == 2, plan
    assert "Index Scan using entities_pr_changed" in plan, plan
    assert "Seq Scan on entities_product" not in plan, plan


def reads_no_table(plan: str) -> bool:
    return not WHOLE.search(FIRST.sub("", plan))


@pytest.mark.parametrize(("sql", "parameters", "indexes"), STATEMENTS.values(), ids=STATEMENTS)
def test_hot_statement_is_answered_by_its_index(sql: str, parameters: Any, indexes: list[str]) -> None:
    plan = plan_of(sql, parameters, is_free=True)
    assert all(index in plan for index in indexes), plan
    assert reads_no_table(plan), plan


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_hot_work_reads_no_table_whole(dsync: Dsync, work: Callable[[Dsync], Any]) -> None:
    with plans_of_all(FILLED) as plans:
        work(dsync)
    assert plans
    for sql, plan in plans.items():
        assert reads_no_table(plan) or ALL in sql, f"{sql}\n{plan}"


PAGES = [
    "",
    "sync/delivery/",
    "sync/delivery/?state=dead&since=any",
    "sync/delivery/?q=17",
    "sync/delivery/dead/",
    "sync/delivery/process/?id=process-5",
    f"sync/delivery/process/?id={LARGE}",
    "entities/product/",
    "entities/product/?q=17171",
    "entities/product/17/change/",
    "sync/delivery/17/change/",
    "sync/push/?state=dead",
    "sync/followup/",
]


@pytest.mark.parametrize("page", PAGES)
def test_page_of_the_admin_reads_no_table_whole(admin_client: Browser, page: str) -> None:
    with plans_of_all(FILLED) as plans:
        assert admin_client.get(f"/admin/{page}").status_code == 200
    for sql, plan in plans.items():
        assert reads_no_table(plan), f"{sql}\n{plan}"
