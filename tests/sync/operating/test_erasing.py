"""Erasing a record: nothing of what it said is left, and those who listen are told that it is gone."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from entities.models import Order, Product, Tombstone
from sync import hooks, local
from sync.delivery.modes import forget_switches
from sync.models import Deletes, Delivery, FollowUp, Pull, PullPage, Push, State, Switch
from sync.models.pull import Stage
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, accept, dead, states

pytestmark = DATABASE
MARK = "mark-of-a-person"


def erase(key: str = "a", entity: str = "product") -> str:
    out = StringIO()
    call_command("erase", entity, key, yes=True, stdout=out)
    return out.getvalue().strip()


def everything() -> str:
    """Return all rows of all tables as one text, payloads readable."""
    with connection.cursor() as cursor:
        told = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT row_to_json(stored)::text FROM "{table}" AS stored')  # noqa: S608
            told += [row[0] for row in cursor.fetchall()]
    return "\n".join(told)


def kept() -> bool:
    return MARK in everything() or MARK.encode().hex() in everything()


@pytest.fixture
def known(dsync: Dsync) -> None:
    """Have a record with a past: created, changed, refused once."""
    dsync.post("product", {"sku": "a", "name": MARK, "price": 1})
    dsync.put("product", "a", {"name": f"{MARK} again"})
    dsync.put("product", "a", {"price": MARK})
    dsync.post("product", {"sku": "b", "name": "another"})


@pytest.mark.usefixtures("known")
def test_nothing_of_what_a_record_said_is_left() -> None:
    assert kept()
    assert erase() == "Erased: 1 record, 3 deliveries."
    assert not kept()
    assert list(Product.objects.values_list("sku", flat=True)) == ["b"]


@pytest.mark.usefixtures("known")
def test_tombstone_and_the_times_of_deliveries_are_left() -> None:
    erase()
    assert Tombstone.objects.get().key == "a"
    left = Delivery.objects.filter(record_key="a").order_by("pk")
    assert [row.method for row in left] == ["POST", "PUT", "PUT", "DELETE"]
    assert all(row.accepted_at and row.is_erased for row in left)


@pytest.mark.usefixtures("known")
def test_others_keep_what_they_said() -> None:
    erase()
    assert Delivery.objects.get(record_key="b").body == b'{"sku": "b", "name": "another"}'


def test_erasing_twice_finds_nothing(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": MARK})
    erase()
    assert erase() == "Nothing was kept of it."


def test_record_that_is_marked_deleted_is_erased_too(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": MARK})
    dsync.delete("product", "a")
    assert erase() == "Erased: 1 record, 2 deliveries."
    assert not kept()


def test_what_waits_is_given_up_and_never_applied() -> None:
    dead(body={"price": 1, "name": MARK})
    accept("PUT", "a", {"name": MARK})
    erase()
    assert set(states()) == {State.SKIPPED}
    assert not kept()


def test_dsync_is_told_where_the_entity_is_pushed(dsync: Dsync) -> None:
    Switch.objects.create(entity="product", is_pushed=True)
    forget_switches()
    dsync.post("product", {"sku": "a"})
    erase()
    assert Push.objects.get().record_key == "a"


def test_erasure_is_held_by_no_guard_and_counts_as_no_delete(dsync: Dsync, settings: Any) -> None:
    settings.CONNECTOR_DELETE_LIMIT = 1
    for key in ("a", "b", "c"):
        dsync.post("product", {"sku": key})
    dsync.delete("product", "c")
    erase("a")
    erase("b")
    assert states(method="DELETE") == [State.APPLIED] * 3
    assert Deletes.objects.get().deletes == 1


def test_hooks_hear_of_the_deletion_and_of_nothing_older(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "HOOKS", {})
    hooks.after_commit(entity="product")(lambda **_told: None)
    dsync.post("product", {"sku": "a"})
    erase()
    (left,) = FollowUp.objects.all()
    assert Delivery.objects.get(pk=left.delivery).method == "DELETE"


@pytest.mark.usefixtures("known")
def test_reports_of_pulls_say_nothing_more_of_it() -> None:
    pull = Pull.objects.create(
        source="https://example.com", entity="product", is_generation=False, is_dry=False, stage=Stage.DONE, per_page=9
    )
    PullPage.objects.create(pull=pull, number=1, keys=["b", "a"], fates=["updated"] * 2, notes={"0": "x", "1": MARK})
    assert "1 reports of pulls" in erase()
    assert PullPage.objects.get().notes == {"0": "x"}


def test_erased_delivery_cannot_be_undone(dsync: Dsync, admin_client: object) -> None:
    dsync.post("product", {"sku": "a", "name": MARK})
    erase()
    assert all(
        admin_client.get(f"/admin/sync/delivery/{row.pk}/undo/").status_code == 403 for row in Delivery.objects.all()
    )  # type: ignore[attr-defined]


def test_record_may_come_again(dsync: Dsync) -> None:
    local.create("order", {"order_id": "1"})
    erase("1", "order")
    assert dsync.post("order", {"order_id": "1"}).status_code == 201
    assert Order.objects.count() == 1


@pytest.mark.parametrize(("entity", "key"), [("nonsense", "a"), ("product", "")])
def test_what_nothing_can_be_is_refused(entity: str, key: str) -> None:
    with pytest.raises(CommandError, match=r"no entity|can have this key"):
        erase(key, entity)
