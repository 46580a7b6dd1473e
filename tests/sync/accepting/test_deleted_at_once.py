"""The usual delete in one round trip: it leaves what the long way leaves, and takes it where something is in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum

from entities.entity import OnDelete
from entities.models import Product
from entities.schema import schemas
from sync.accepting import intake, settling
from sync.delivery import guard
from sync.models import Deletes, Delivery
from sync.models.delivery import Outcome
from tests.conftest import example
from tests.sync.accepting.test_at_once import NAMED, rows, ways
from tests.sync.writes import DATABASE, accept, at_one_moment, product, run, side_by_side, states, wait_until, write

pytestmark = DATABASE
delete = partial(write, "DELETE", is_async=False)


def make(*keys: str) -> None:
    for key in keys:
        write("POST", key, is_async=False)


def passed() -> int:
    return Deletes.objects.aggregate(Sum("deletes", default=0))["deletes__sum"]


def left_by(body: dict[str, Any] | None) -> list[Any]:
    """Return the answer, records, deliveries and the count that one delete leaves, and remove them."""
    write("POST", "x", example("create.request"), is_async=False)
    answer = delete("hde012", body, **NAMED)
    products = [{**row, "deleted_at": row["deleted_at"] is not None} for row in rows(Product)]
    left = [getattr(answer, "status", answer), products, rows(Delivery), passed()]
    for model in (Product, Delivery, Deletes):
        model.objects.all().delete()
    return left


@pytest.mark.parametrize("body", [None, {"sku": "hde012", "unknown": 1}], ids=["no body", "the key again"])
def test_delete_at_once_leaves_what_the_long_way_leaves(monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    at_once_left = left_by(body)
    monkeypatch.setattr(intake, "settle_at_once", lambda *_, **__: None)
    assert at_once_left == left_by(body)


def test_usual_delete_does_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a")
    taken = ways(monkeypatch)
    assert getattr(delete("a"), "status", None) == 200
    assert (taken, product("a"), passed()) == ([], None, 1)


def test_delete_of_no_record_is_answered_and_kept() -> None:
    make("a")
    assert [getattr(delete("a"), "status", None) for _ in range(2)] == [200, 200]
    outcomes = Delivery.objects.filter(method="DELETE").order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.DELETED, Outcome.ABSENT]


def test_record_is_removed_where_its_entity_says_so(policy: Any) -> None:
    policy("product", on_delete=OnDelete.HARD)
    make("a")
    assert getattr(delete("a"), "status", None) == 200
    assert not Product.objects.exists()


def test_repeat_of_a_delete_is_answered_as_before_stored_once_and_counted_once() -> None:
    make("a")
    first, second = (delete("a", **NAMED) for _ in range(2))
    assert (first, len(states()), passed()) == (second, 2, 1)


def test_delete_waits_behind_work_of_its_record() -> None:
    make("a")
    accept("PUT", "a", {"name": "x"})
    assert getattr(delete("a"), "status", None) == 202
    run()
    assert product("a") is None


def together(*keys: str) -> list[int]:
    """Send deletes while another one of the same process is under way; return their statuses."""
    group = settling.deleting(schemas()["product"])
    return [answer.status for answer in at_one_moment(group, *(partial(delete, key, **NAMED) for key in keys))]


def test_deletes_of_one_moment_are_each_stored_with_their_own_and_counted() -> None:
    keys = [f"{number}é" for number in range(8)]
    for key in keys:
        write("POST", key, {"name": key}, is_async=False)
    assert set(together(*keys)) == {200}
    assert passed() == 8
    for delivery in Delivery.objects.filter(method="DELETE"):
        assert delivery.previous["name"] == delivery.record_key
        assert Product.objects.get(sku=delivery.record_key).last_delivery == delivery.pk


def test_as_many_of_one_moment_pass_as_may(settings: Any) -> None:
    settings.CONNECTOR_DELETE_LIMIT = 3
    make(*"abcde")
    assert sorted(together(*"abcde")) == [200] * 3 + [202] * 2
    assert (passed(), sum(product(key) is None for key in "abcde")) == (3, 3)


def test_deletes_wait_for_those_of_another_process_that_are_not_committed() -> None:
    make("a")
    *_, ((sql, numbers),) = guard.of_group("product", 1)
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute(sql, numbers)
        sent = threads.submit(together, "a")
        wait_until(lambda: is_waiting(other))
        assert product("a") is not None
        other.execute("ROLLBACK")
        assert sent.result() == [200]


def test_nothing_passes_in_a_group_while_somebody_counts_alone() -> None:
    make("a")
    sql, number = guard.locking("product", alone=True)
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute(f"SELECT {sql}", [number])
        sent = threads.submit(together, "a")
        wait_until(lambda: is_waiting(other))
        assert product("a") is not None
        other.execute("ROLLBACK")
        assert sent.result() == [200]


def test_delete_that_waits_for_its_row_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    make("a", "b")
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT FROM entities_product WHERE sku = 'a' FOR KEY SHARE")
        slow = threads.submit(side_by_side, partial(delete, "a"))
        wait_until(lambda: is_waiting(other))
        taken = ways(monkeypatch)
        assert (getattr(delete("b"), "status", None), taken, product("b")) == (200, [], None)
        other.execute("ROLLBACK")
        assert [answer.status for answer in slow.result()] == [200]


def is_waiting(cursor: Any) -> bool:
    cursor.execute("SELECT pg_stat_clear_snapshot()")  # The cursor's transaction sees the same again and again.
    cursor.execute("""
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
    """)
    return bool(cursor.fetchone()[0])


def test_row_that_is_locked_holds_up_no_other_of_its_moment() -> None:
    make("a", "b")
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT FROM entities_product WHERE sku = 'a' FOR KEY SHARE")
        sent = threads.submit(together, "a", "b")
        wait_until(lambda: states(record_key="b", method="DELETE"))
        assert states(record_key="a", method="DELETE") == []
        other.execute("ROLLBACK")
        assert sent.result() == [200, 200]
