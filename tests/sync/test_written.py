"""What writes cost PostgreSQL: bytes of its log, as this connection wrote them; no machine is faster at these.

The tests' server writes no whole pages (`full_page_writes` is off), so that a checkpoint changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, pairwise
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sync.applying import runner
from tests.conftest import Dsync, example
from tests.sync.writes import DATABASE

pytestmark = DATABASE
WRITES = 40
KEYS = count()
ROOM = 1.1
COUNTED = "SELECT to_regproc('pg_stat_get_backend_wal') IS NOT NULL AND NOT current_setting('full_page_writes')::bool"
CREATE = example("create.request")
UPDATE = example("update.request")


@pytest.fixture(autouse=True)
def _counted(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        if not cursor.fetchone()[0]:
            pytest.skip("PostgreSQL counts the log of a connection from version 18 on, here without whole pages.")


def written() -> int:
    """Return how many bytes this connection has written to the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT wal_bytes FROM pg_stat_get_backend_wal(pg_backend_pid())")
        return int(cursor.fetchone()[0])


def keys() -> list[str]:
    return [f"key-{next(KEYS):08d}" for _ in range(WRITES)]


def bytes_each(write: Callable[[str], Any], of: list[str]) -> float:
    """Return the bytes of the log that most of these writes take; now and then one splits or tidies a page besides."""
    marks = [written()]
    for key in of:
        write(key)
        marks.append(written())
    return median(after - before for before, after in pairwise(marks))


class Writing:
    """Writes of published bodies, as Dsync sends them."""

    def __init__(self, dsync: Dsync, **headers: str) -> None:
        self.dsync = dsync
        self.headers = {"Process_Id": "p", **headers}

    def create(self, key: str) -> None:
        self.dsync.post("product", CREATE.replace(b"hde012", key.encode()), **self.headers)

    def update(self, key: str) -> None:
        self.dsync.put("product", key, UPDATE.replace(b"hde012", key.encode()), **self.headers)

    def delete(self, key: str) -> None:
        self.dsync.delete("product", key, **self.headers)


def test_create_writes_no_more_than_it_did(dsync: Dsync) -> None:
    assert bytes_each(Writing(dsync).create, keys()) < 1840 * ROOM


def test_update_writes_no_more_than_it_did(dsync: Dsync) -> None:
    writing, stock = Writing(dsync), keys()
    bytes_each(writing.create, stock)
    assert bytes_each(writing.update, stock) < 1290 * ROOM


def test_delete_writes_no_more_than_it_did(dsync: Dsync) -> None:
    writing, stock = Writing(dsync), keys()
    bytes_each(writing.create, stock)
    # 2045, and 2306 beside another test's long transaction: nothing is pruned then, and the row goes to another page.
    assert bytes_each(writing.delete, stock) < 2310


def test_accepting_writes_no_more_than_it_did(dsync: Dsync) -> None:
    assert bytes_each(Writing(dsync, Prefer="respond-async").create, keys()) < 1450 * ROOM


def test_applying_writes_no_more_than_it_did(dsync: Dsync) -> None:
    bytes_each(Writing(dsync, Prefer="respond-async").create, keys())
    before = written()
    count = runner.run_batch() or 0
    assert count > 10
    assert (written() - before) / count < 1920 * ROOM


def test_a_batch_costs_the_same_statements_for_one_delivery_and_for_many(dsync: Dsync) -> None:
    writing, found = Writing(dsync, Prefer="respond-async"), []
    for stock in (keys()[:1], keys()):
        for key in stock:
            writing.create(key)
        with CaptureQueriesContext(connection) as queries:
            runner.run_batch()
        found.append(len(queries))
    assert found[0] == found[1] <= 15, found
