"""What each request costs: no statement but the needed ones, beside BEGIN and COMMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities.entity import OnConflict, OnMissing
from sync.delivery.modes import switches
from sync.watching import backlog
from tests.conftest import Dsync, example

pytestmark = pytest.mark.django_db(transaction=True)
Policy = Callable[..., None]
LOCK = "SELECT pg_advisory_xact_lock"
ENTER = "SELECT nextval"
TRY = "SELECT set_config('enable_seqscan'"
AT_ONCE = "WITH asked AS"
RECORD = "INSERT INTO sync_delivery"
COUNT = "WITH seen AS MATERIALIZED"
FLUSH = "SELECT pg_logical_emit_message"
CREATE = 'INSERT INTO "entities_product"'
UPDATE = 'UPDATE "entities_product"'
TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK")


@pytest.fixture(autouse=True)
def _warm(dsync: Dsync) -> None:
    """Send requests, so that tokens and switches are remembered as they are in a process that serves."""
    dsync.send("GET", "/datalayout")
    switches()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that run, without those that begin and end a transaction."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    texts = (" ".join(query["sql"].split()) for query in queries)
    found.extend(text for text in texts if text not in TRANSACTION)


def starts(found: list[str], *expected: str) -> bool:
    """Tell whether these are the statements, each by how it starts."""
    return len(found) == len(expected) and all(map(str.startswith, found, expected))


def test_create_costs_two_statements(dsync: Dsync) -> None:
    with statements() as found:
        assert dsync.post("product", example("create.request"), Process_Id="1").status_code == 201
    assert starts(found, TRY, AT_ONCE), found


def test_create_with_an_idempotency_key_costs_four_statements(dsync: Dsync) -> None:
    with statements() as found:
        dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    assert starts(found, LOCK, ENTER, CREATE, RECORD), found


def test_accepting_costs_two_statements(dsync: Dsync) -> None:
    backlog.size()
    with statements() as found:
        assert dsync.put("product", "a", {}, Prefer="respond-async").status_code == 202
    assert starts(found, TRY, RECORD), found


def test_repeat_costs_five_statements(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    with statements() as found:
        dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert starts(found, TRY, AT_ONCE, LOCK, ENTER, FLUSH), found


def test_conflict_costs_six_statements(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        assert dsync.post("product", {"sku": "a"}).status_code == 409
    assert starts(found, TRY, AT_ONCE, LOCK, ENTER, CREATE, RECORD), found


def test_upsert_costs_five_statements(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_conflict=OnConflict.UPSERT)
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        dsync.post("product", {"sku": "a"})
    assert starts(found, LOCK, ENTER, CREATE, UPDATE, RECORD), found


@pytest.mark.parametrize("body", [{"color": "White"}, {"inventory": {"qty": 1}, "categories": ["x"]}], ids=str)
def test_update_costs_two_statements(dsync: Dsync, body: object) -> None:
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        assert dsync.put("product", "a", body).status_code == 200
    assert starts(found, TRY, AT_ONCE), found


def test_update_that_sets_nothing_costs_four_statements(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        assert dsync.put("product", "a", {}).status_code == 200
    assert starts(found, LOCK, ENTER, UPDATE, RECORD), found


def test_update_of_nothing_costs_four_statements(dsync: Dsync) -> None:
    with statements() as found:
        assert dsync.put("product", "a", {}).status_code == 400
    assert starts(found, LOCK, ENTER, UPDATE, RECORD), found


def test_update_that_creates_costs_five_statements(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_missing=OnMissing.CREATE)
    with statements() as found:
        assert dsync.put("product", "a", {}).status_code == 200
    assert starts(found, LOCK, ENTER, UPDATE, CREATE, RECORD), found


def test_delete_costs_three_statements(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        assert dsync.delete("product", "a").status_code == 200
    assert starts(found, LOCK, TRY, AT_ONCE), found


def test_delete_of_what_is_not_there_costs_eight_statements(dsync: Dsync) -> None:
    with statements() as found:
        assert dsync.delete("product", "a").status_code == 200
    assert starts(found, LOCK, TRY, AT_ONCE, LOCK, ENTER, COUNT, UPDATE, RECORD), found


def test_delete_costs_four_statements_where_any_number_passes(dsync: Dsync, settings: Any) -> None:
    settings.CONNECTOR_DELETE_LIMIT = 0
    dsync.post("product", {"sku": "a"})
    with statements() as found:
        assert dsync.delete("product", "a").status_code == 200
    assert starts(found, LOCK, ENTER, UPDATE, RECORD), found


def test_a_refused_write_costs_one_statement(dsync: Dsync) -> None:
    with statements() as found:
        assert dsync.post("product", {"sku": "a", "price": "x"}).status_code == 400
    assert starts(found, RECORD), found


def test_layout_costs_none(dsync: Dsync) -> None:
    with statements() as found:
        dsync.send("GET", "/datalayout")
    assert found == []


def test_items_cost_the_same_for_one_record_and_for_many(dsync: Dsync) -> None:
    counts = []
    for keys in ("a", "bcdefghij"):
        for key in keys:
            dsync.post("product", {"sku": key})
        with statements() as found:
            dsync.items("product")
        counts.append(len(found))
    assert counts[0] == counts[1] <= 8


def test_notification_costs_one_statement(dsync: Dsync) -> None:
    with statements() as found:
        dsync.send("POST", "/notification", example("notification.request"))
    assert starts(found, 'INSERT INTO "notifications_notification"'), found
