"""All that is done to an entity is done to one whose table is divided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoDbBlocker

from entities import bulk, reading
from entities.changes import changes_sql
from entities.entity import OnDelete
from entities.models import PartnerSale
from entities.partitioning import divide
from entities.schema import schemas
from sync.delivery.database_faults import fault_of
from sync.serving import steps, walks
from tests.conftest import Dsync
from tests.contract.following import Follower, going_on, keys, settle
from tests.datasources.files import counts, imported, sale, sales, stored
from tests.partners.factories import make_partner
from tests.plans import plan_of
from tests.sync.writes import DATABASE, accept, prices, run

pytestmark = DATABASE
PARTS = 4
PRODUCT, SALE = (schemas()[name] for name in ("product", "partner_sale"))


@pytest.fixture(scope="module", autouse=True)
def _divided(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        divide_both(PARTS)
    yield
    with django_db_blocker.unblock():
        divide_both(1)


def divide_both(parts: int) -> None:
    divide(PRODUCT, parts)
    divide(SALE, parts)


def fill(dsync: Dsync, skus: str = "abcdefgh") -> None:
    for sku in skus:
        assert dsync.post("product", {"sku": sku, "price": 1}).status_code == 201


def partitions_used(entity: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT tableoid) FROM entities_{entity}")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_record_is_created_changed_deleted_and_revived(dsync: Dsync) -> None:
    fill(dsync)
    assert partitions_used("product") > 1
    assert dsync.post("product", {"sku": "a"}).status_code == 409
    assert dsync.put("product", "a", {"price": 2}).status_code == 200
    assert dsync.item("product", sku="a")["price"] == 2
    assert dsync.delete("product", "a").status_code == 200
    assert dsync.item("product", sku="a") is None
    assert dsync.post("product", {"sku": "a", "color": "Red"}).status_code == 201
    assert (dsync.item("product", sku="a")["color"], prices("a")) == ("Red", [None])


def test_accepted_writes_are_applied_in_their_order() -> None:
    for sku in "abcd":
        accept("POST", sku, {"price": 1})
        accept("PUT", sku, {"price": 2})
    accept("DELETE", "c")
    run()
    assert prices(*"abcd") == [2, 2, None, 2]


def test_walk_has_every_record_once_in_the_order_of_creation(dsync: Dsync) -> None:
    fill(dsync)
    pages = going_on(dsync, dsync.items("product", "?per_page=3"))
    assert [keys(page) for page in pages] == ["abc", "def", "gh"]


@pytest.mark.parametrize("on_delete", [OnDelete.SOFT, OnDelete.HARD])
def test_changes_are_followed(dsync: Dsync, policy: Callable[..., None], on_delete: OnDelete) -> None:
    policy("product", on_delete=on_delete)
    fill(dsync)
    settle()
    follower = Follower(dsync, per_page=2)
    follower.walk()
    for gone, changed in ("ab", "hg"):
        dsync.delete("product", gone)
        dsync.put("product", changed, {"price": 3})
    fill(dsync, "xy")
    settle()
    follower.follow()
    assert follower.copy == {item["sku"]: item for item in dsync.items("product").json()["data"]["items"]}
    assert sorted(follower.copy) == [*"bcdefgxy"]


def test_file_is_imported_and_imported_again(dsync: Dsync) -> None:
    first, second = (sales(*(sale(n, quantity=quantity) for n in range(20))) for quantity in (1, 2))
    partner = make_partner()
    assert counts(imported(first, partner=partner)) == (20, 20, 0, 0)
    assert partitions_used("partnersale") > 1
    SALE.model.objects.filter(key__endswith="t3").update(deleted_at="2026-01-01T00:00Z")
    assert counts(imported(second, partner=partner)) == (20, 20, 0, 0)
    assert {(record.quantity, record.deleted_at) for record in stored().values()} == {(2, None)}


def test_set_is_written() -> None:
    fates = []
    for price in (1, 1, 2):
        rows = [bulk.Row({"sku": sku, "price": price}) for sku in "abcd"]
        with transaction.atomic():
            fates.append({str(change.became) for change in bulk.upsert(PRODUCT, rows)})
    assert fates == [{"created"}, {"unchanged"}, {"updated"}]


def test_rule_of_a_partition_is_that_of_the_entity() -> None:
    lacking = {
        "key": "k",
        "partner": "p",
        "transaction_id": "1",
        "credential_principal": "c",
        "quantity": 1,
        "amount": 1,
    }
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        PartnerSale.objects.create(**lacking, sale_date="2026-01-01")
    fault = fault_of(refused.value, SALE)
    assert fault
    assert fault.code == "required"


def test_record_is_looked_for_in_the_partition_of_its_key() -> None:
    plan = plan_of(reading.of_keys_sql(PRODUCT), [["a"]])
    assert plan.count("Scan using entities_product_hash") == 1, plan


IN_ORDER: dict[str, tuple[str, Any]] = {
    "page of a walk": (reading.range_sql(PRODUCT), [1, 100, "2100-01-01"]),
    "step of a walk": (steps.step_sql(walks.BY_CURSOR, PRODUCT), [2, 1, 0, 1, 1, 1]),
    "page of changes": (changes_sql(PRODUCT, False), [1, "500", 0, 1, "600", 100]),  # noqa: FBT003
}


@pytest.mark.parametrize(("sql", "parameters"), IN_ORDER.values(), ids=IN_ORDER)
def test_page_is_merged_from_all_partitions_in_order(sql: str, parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        plan = plan_of(sql, parameters)
    assert ("Merge Append" in plan, "Seq Scan" in plan) == (True, False), plan
    assert plan.count("Index Scan using entities_product_hash") == PARTS, plan
