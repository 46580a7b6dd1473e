"""`changed_since`: what was changed, from cursor to cursor, and nothing of it lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import F
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from entities.entity import OnDelete
from entities.models import Tombstone
from sync.models import Walk
from sync.serving import milestones
from tests.conftest import Dsync
from tests.contract.answers import faults
from tests.contract.following import Follower, going_on, items, keys, settle, since

pytestmark = pytest.mark.django_db(transaction=True)
Policy = Callable[..., None]
EXPIRED = [("changed_since", "expired_cursor")]


def write(dsync: Dsync, skus: str) -> None:
    for sku in skus:
        assert dsync.post("product", {"sku": sku}).status_code == 201


def start(dsync: Dsync) -> str:
    """Return the Changes-Cursor of a walk that ends with its first page."""
    settle()
    return dsync.items("product", "?per_page=1000")["Changes-Cursor"]


@pytest.fixture
def five(dsync: Dsync) -> Dsync:
    """A side whose connector has the products a to e."""
    write(dsync, "abcde")
    return dsync


@pytest.fixture(params=[OnDelete.SOFT, OnDelete.HARD])
def _on_delete(request: pytest.FixtureRequest, policy: Policy) -> None:
    """Have deletions of both kinds."""
    policy("product", on_delete=request.param)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the database."""
    given = connection.get_connection_params()
    with psycopg.connect(host=given["host"], user=given["user"], dbname=given["dbname"]) as own:
        yield own
        own.rollback()


def test_changes_are_what_was_created_and_updated_since(five: Dsync) -> None:
    cursor = start(five)
    write(five, "x")
    five.put("product", "b", {"color": "White"})
    settle()
    answer = since(five, cursor)
    assert [(item["sku"], item["color"]) for item in items(answer)] == [("x", None), ("b", "White")]
    assert answer.json()["detail"] == {}


def test_changes_have_no_total(five: Dsync) -> None:
    answer = since(five, start(five), "&per_page=7")
    assert ("Total" in answer, answer["Per-Page"]) == (False, "7")


def test_changes_end_where_nothing_was_changed(five: Dsync) -> None:
    answer = since(five, start(five))
    assert (keys(answer), "Next-Cursor" in answer, "Changes-Cursor" in answer) == ("", False, True)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_changes_come_in_pages(five: Dsync, size: int) -> None:
    cursor = start(five)
    for sku in "edcba":
        five.put("product", sku, {"color": "White"})
    settle()
    pages = list(going_on(five, since(five, cursor, f"&per_page={size}")))
    assert "".join(map(keys, pages)) == "edcba"
    assert ["Changes-Cursor" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_changes_of_one_transaction_come_in_pages(five: Dsync) -> None:
    cursor = start(five)
    with connection.cursor() as sql:
        sql.execute("UPDATE entities_product SET changed_in = pg_current_xact_id()")
    settle()
    assert [keys(page) for page in going_on(five, since(five, cursor, "&per_page=2"))] == ["ab", "cd", "e"]


def test_changes_of_a_page_are_the_same_when_it_is_read_again(five: Dsync) -> None:
    cursor = start(five)
    write(five, "xyz")
    settle()
    rest = since(five, cursor, "&per_page=1")["Next-Cursor"]
    assert [keys(five.items("product", f"?cursor={rest}")) for _ in range(2)] == ["y", "y"]


def test_record_that_was_changed_twice_comes_once_as_it_is_now(five: Dsync) -> None:
    cursor = start(five)
    for color in ("White", "Black"):
        five.put("product", "a", {"color": color})
    settle()
    assert [item["color"] for item in items(since(five, cursor))] == ["Black"]


def test_reading_of_changes_ends_though_more_is_changed_meanwhile(five: Dsync) -> None:
    cursor = start(five)
    write(five, "vwx")
    settle()
    pages = going_on(five, since(five, cursor, "&per_page=2"))
    assert keys(next(pages)) == "vw"
    write(five, "yz")
    five.put("product", "x", {"color": "White"})
    settle()
    (last,) = pages
    assert keys(last) == ""
    assert keys(since(five, last["Changes-Cursor"])) == "yzx"


def test_change_that_commits_late_is_not_missed(five: Dsync, other: psycopg.Connection[Any]) -> None:
    cursor = start(five)
    other.execute("UPDATE entities_product SET color = 'late', changed_in = pg_current_xact_id() WHERE sku = 'a'")
    write(five, "x")
    answer = since(five, cursor)
    assert "x" not in keys(answer)  # It stands behind the one that is under way.
    other.commit()
    settle()
    assert keys(since(five, answer["Changes-Cursor"])) == "ax"


def test_change_under_way_when_a_walk_opens_is_told_afterwards(five: Dsync, other: psycopg.Connection[Any]) -> None:
    other.execute("UPDATE entities_product SET color = 'late', changed_in = pg_current_xact_id() WHERE sku = 'a'")
    cursor = five.items("product")["Changes-Cursor"]
    other.commit()
    settle()
    assert "a" in keys(since(five, cursor))  # And what an open transaction of another test held back.


@pytest.mark.usefixtures("_on_delete")
def test_deletion_is_told_by_the_key_when_it_is_asked_for(five: Dsync) -> None:
    cursor = start(five)
    five.delete("product", "c")
    settle()
    assert items(since(five, cursor, "&deletions=1")) == [{"sku": "c", "_deleted": True}]


@pytest.mark.usefixtures("_on_delete")
@pytest.mark.parametrize("more", ["", "&deletions=0"])
def test_deletion_is_not_told_when_nobody_asks(five: Dsync, more: str) -> None:
    cursor = start(five)
    five.delete("product", "c")
    write(five, "x")
    settle()
    assert keys(since(five, cursor, more)) == "x"


@pytest.mark.usefixtures("_on_delete")
def test_deletions_fill_pages_whether_told_or_not(five: Dsync) -> None:
    cursor = start(five)
    for sku in "abc":
        five.delete("product", sku)
    settle()
    told = [keys(page) for page in going_on(five, since(five, cursor, "&per_page=2&deletions=1"))]
    assert told == ["-a-b", "-c"]
    assert {keys(page) for page in going_on(five, since(five, cursor, "&per_page=2"))} == {""}


@pytest.mark.usefixtures("_on_delete")
def test_record_that_lives_again_is_told_as_it_is(five: Dsync) -> None:
    cursor = start(five)
    five.delete("product", "c")
    five.post("product", {"sku": "c", "color": "White"})
    settle()
    assert [(item["sku"], item.get("color")) for item in items(since(five, cursor, "&deletions=1"))] == [("c", "White")]


@pytest.mark.usefixtures("_on_delete")
def test_record_that_was_created_and_deleted_is_told_as_deleted(five: Dsync) -> None:
    cursor = start(five)
    write(five, "x")
    five.delete("product", "x")
    settle()
    assert keys(since(five, cursor, "&deletions=1")) == "-x"
    assert keys(since(five, cursor)) == ""


def test_deletion_of_a_composite_key_is_told_by_it(dsync: Dsync, policy: Policy) -> None:
    policy("partner_stock", on_delete=OnDelete.HARD)
    stock = {"partner": "p", "partnerSkuCode": "a:b", "stockDate": "2026-01-01", "quantity": 1}
    key = dsync.post("partner_stock", stock).json()["data"]["key"]
    settle()
    cursor = dsync.items("partner_stock")["Changes-Cursor"]
    assert dsync.delete("partner_stock", key).status_code == 200
    settle()
    answer = since(dsync, cursor, "&deletions=1", "partner_stock")
    assert items(answer) == [{"key": "p:a\\:b:2026-01-01", "_deleted": True}]


def test_deletion_that_was_undone_leaves_no_tombstone(five: Dsync, policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    assert five.delete("product", "nothing").status_code == 200
    assert not Tombstone.objects.exists()


def test_time_is_a_start_at_or_before_it(five: Dsync) -> None:
    settle()
    milestones.mark()
    write(five, "x")
    settle()
    moment = datetime.now(UTC).isoformat()
    assert keys(since(five, moment)) == "x"
    milestones.mark()
    assert keys(since(five, datetime.now(UTC).isoformat())) == ""


@pytest.mark.parametrize(
    "form", ["{:%Y-%m-%d}", "{:%Y-%m-%dT%H:%M:%SZ}", "{:%Y-%m-%dT%H:%M:%S}", "{:%Y-%m-%dT%H:%M:%S+00:00}"]
)
def test_time_before_every_milestone_is_a_start_at_the_beginning(five: Dsync, form: str) -> None:
    five.delete("product", "c")
    settle()
    moment = form.format(datetime.now(UTC) - timedelta(days=2))
    assert keys(since(five, moment)) == "abde"
    assert keys(five.items("product", f"?changed_since={moment}&deletions=1")) == "abde-c"


def test_time_in_the_future_is_now(five: Dsync) -> None:
    settle()
    milestones.mark()
    answer = since(five, "9999-12-31T23:59:59Z")
    write(five, "x")
    settle()
    assert (keys(answer), keys(since(five, answer["Changes-Cursor"]))) == ("", "x")


@pytest.mark.parametrize("moment", ["0001-01-01", "1970-01-01T00:00:00Z"])
def test_time_before_the_oldest_deletion_that_is_kept_is_refused(five: Dsync, moment: str) -> None:
    assert faults(since(five, moment)) == EXPIRED


@pytest.mark.parametrize(("days", "status"), [(30, 200), (5, 200), (3, 400), (0, 200)])
def test_changes_cursor_lives_as_long_as_tombstones(five: Dsync, days: int, status: int) -> None:
    five.items("product", "?per_page=3")
    Walk.objects.update(opened_at=F("opened_at") - timedelta(days=4))
    cursor = five.items("product", "?page=2&per_page=3")["Changes-Cursor"]
    with override_settings(CONNECTOR_TOMBSTONE_DAYS=days):
        assert since(five, cursor).status_code == status


def test_next_cursor_among_changes_lives_as_long_as_where_they_began(five: Dsync) -> None:
    settle()
    rest = since(five, (datetime.now(UTC) - timedelta(days=4)).isoformat(), "&per_page=2")["Next-Cursor"]
    with override_settings(CONNECTOR_TOMBSTONE_DAYS=3):
        assert faults(five.items("product", f"?cursor={rest}")) == [("cursor", "expired_cursor")]


@pytest.mark.usefixtures("_on_delete")
def test_follower_has_what_the_connector_has(five: Dsync) -> None:
    follower = Follower(five, per_page=2)
    follower.walk()
    five.delete("product", "a")
    write(five, "xy")
    follower.follow()
    five.put("product", "x", {"color": "White"})
    five.post("product", {"sku": "a"})
    five.delete("product", "y")
    settle()
    follower.follow()
    assert follower.copy == {item["sku"]: item for item in items(five.items("product"))}


@pytest.mark.parametrize("count", [1, 20])
def test_page_of_changes_costs_the_same_however_many(
    dsync: Dsync, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    cursor = start(dsync)
    write(dsync, "abcdefghijklmnopqrst"[:count])
    with django_assert_num_queries(3):  # How far the database is, and, in one round trip, the changes in their order.
        since(dsync, cursor, "&deletions=1")


def test_changes_are_told_to_a_token_that_may_only_read(five: Dsync, reader: Dsync) -> None:
    assert keys(since(reader, start(reader))) == ""
