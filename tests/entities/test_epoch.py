"""The epoch: it rises where the database is another, and every write stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from entities import store
from entities.entity import OnDelete
from entities.epoch import stand
from entities.folding import Fold
from entities.models import Order, Product, Tombstone
from entities.schema import schemas
from tests.contract.following import move
from tests.sync.writes import side_by_side, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Policy = Callable[..., None]


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the database."""
    given = connection.get_connection_params()
    with psycopg.connect(host=given["host"], user=given["user"], dbname=given["dbname"]) as own:
        yield own
        own.rollback()


def create(sku: str) -> int:
    """Create a product and return the epoch in which it stands."""
    store.create(schemas()["product"], {"sku": sku}, {}, 1)
    return Product.objects.get(sku=sku).changed_epoch


def test_epoch_stays_where_the_database_is_the_same() -> None:
    assert stand().epoch == stand().epoch


def test_epoch_rises_once_where_the_database_is_another() -> None:
    before = stand().epoch
    move()
    assert (stand().epoch, stand().epoch) == (before + 1, before + 1)


def test_epoch_rises_once_however_many_see_it() -> None:
    before = stand().epoch
    move()
    assert {found.epoch for found in side_by_side(*[stand] * 4)} == {before + 1}


def test_statement_that_was_planned_before_writes_the_new_epoch() -> None:
    for sku in "abcdefgh":  # PostgreSQL keeps a plan after it was asked for some times.
        epoch = create(sku)
    move()
    assert (stand().epoch, create("x")) == (epoch + 1, epoch + 1)


def test_epoch_waits_for_those_who_write_in_the_old_one(other: psycopg.Connection[Any]) -> None:
    old = stand().epoch
    other.execute("INSERT INTO entities_order (order_id, items) VALUES ('late', '[]')")
    move()
    found, _ = side_by_side(lambda: (stand().epoch, Order.objects.get().changed_epoch), lambda: commit_late(other))
    assert found == (old + 1, old)


def test_epoch_and_a_removal_do_not_wait_for_each_other(other: psycopg.Connection[Any]) -> None:
    old = stand().epoch
    other.execute("INSERT INTO entities_order (order_id, items) VALUES ('late', '[]')")
    move()
    found, _ = side_by_side(lambda: stand().epoch, lambda: commit_late(other, "DELETE FROM entities_tombstone"))
    assert found == old + 1


def commit_late(other: psycopg.Connection[Any], then: str = "SELECT") -> None:
    """Commit when somebody waits for the tables, after one more statement."""
    try:
        wait_until(somebody_waits)
        other.execute(then)
    finally:
        other.commit()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE wait_event = 'relation' AND query LIKE 'LOCK TABLE%'")
        return cursor.fetchone() is not None


def outdate() -> None:
    """Have all records stand in no epoch."""
    Product.objects.update(changed_epoch=0)


def fold(write: Callable[[Fold], object]) -> None:
    opened = Fold(schemas()["product"], ["a"])
    write(opened)
    opened.save()


WRITES: dict[str, Callable[[Any], object]] = {
    "update": lambda product: store.update(product, {"sku": "a", "color": "White"}, {}, 2),
    "delete": lambda product: store.delete(product, "a", 2),
    "revival": lambda product: (store.delete(product, "a", 2), outdate(), store.create(product, {"sku": "a"}, {}, 3)),
    "folded update": lambda product: fold(lambda opened: opened.update(product, {"sku": "a", "color": "x"}, {}, 2)),
    "folded deletion": lambda product: fold(lambda opened: opened.delete(product, "a", 2)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_write_stands_in_the_epoch_and_its_transaction(write: Callable[[Any], object]) -> None:
    create("a")
    outdate()
    before = Product.objects.get().changed_in
    write(schemas()["product"])
    record = Product.objects.get()
    assert record.changed_epoch == stand().epoch
    assert int(record.changed_in) > int(before)


@pytest.mark.parametrize("removal", ["delete", "folded deletion"])
def test_removal_leaves_a_tombstone_in_the_epoch(policy: Policy, removal: str) -> None:
    policy("product", on_delete=OnDelete.HARD)
    create("a")
    number = Product.objects.get().pk
    WRITES[removal](schemas()["product"])
    assert not Product.objects.exists()
    left = Tombstone.objects.get()
    assert (left.entity, left.key, left.record, left.changed_epoch) == ("product", "a", number, stand().epoch)


def test_removal_that_is_undone_leaves_no_tombstone(policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    create("a")
    fold(lambda opened: (opened.delete(opened.schema, "a", 2), opened.create(opened.schema, {"sku": "a"}, {}, 3)))
    assert not Tombstone.objects.exists()
