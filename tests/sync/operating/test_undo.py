"""Undoing a delivery: what is put back, when it is refused, and who may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser

from connector.edge.models import Client
from entities.entity import OnDelete, OnUnknown
from entities.models import Order, Product
from sync import local
from sync.delivery.modes import forget_switches
from sync.models import Delivery, Push, Switch
from tests.audit import deeds
from tests.conftest import Dsync, operator
from tests.sync.factories import make_delivery
from tests.sync.writes import DATABASE, accept, product, run

pytestmark = DATABASE


def newest() -> Delivery:
    return Delivery.objects.latest("pk")


def address(delivery: Delivery) -> str:
    return f"/admin/sync/delivery/{delivery.pk}/undo/"


def undo(browser: Browser, delivery: Delivery) -> Any:
    return browser.post(address(delivery), follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def priced(dsync: Dsync) -> Delivery:
    """Return the delivery that changed a product's price from 1 to 2, and wrote its name as it was."""
    dsync.post("product", {"sku": "a", "name": "Mug", "price": 1})
    dsync.put("product", "a", {"name": "Mug", "price": 2})
    return newest()


def test_update_is_put_back(admin_client: Browser, priced: Delivery) -> None:
    answer = undo(admin_client, priced)
    assert said(answer) == [f"Delivery {priced.pk} is undone."]
    assert answer.redirect_chain[-1][0] == f"/admin/entities/product/{product('a').pk}/change/"
    assert product("a").price == 1


def test_undoing_is_a_local_delivery_of_the_person(admin_client: Browser, priced: Delivery) -> None:
    undo(admin_client, priced)
    done = newest()
    assert (bytes(done.body), done.is_local, done.process_id) == (b'{"price":1}', True, f"undo-{priced.pk}")
    assert Client.objects.get(pk=done.client_id).name == "admin:admin"
    assert deeds().get().message == "Undone."


def test_question_shows_what_is_put_back_and_does_nothing(admin_client: Browser, priced: Delivery) -> None:
    shown = admin_client.get(address(priced)).content.decode()
    assert "<td>price</td><td>2</td><td>1</td>" in shown
    assert "<td>name</td>" not in shown
    assert product("a").price == 2


def test_undo_is_refused_and_names_the_fields_that_moved_on(admin_client: Browser, priced: Delivery) -> None:
    local.update("product", "a", {"price": 3})
    shown = undo(admin_client, priced).content.decode()
    assert "the record has moved on" in shown
    assert "<td>price</td><td>2</td><td>3</td>" in shown
    assert product("a").price == 3


def test_what_changed_other_fields_since_does_not_hinder(admin_client: Browser, priced: Delivery) -> None:
    local.update("product", "a", {"name": "Cup"})
    undo(admin_client, priced)
    assert (product("a").price, product("a").name) == (1, "Cup")


def test_fields_that_were_written_without_a_delivery_count_as_moved_on(admin_client: Browser, priced: Delivery) -> None:
    Product.objects.update(price=9)
    assert "the record has moved on" in undo(admin_client, priced).content.decode()
    assert product("a").price == 9


def test_undo_twice_is_done_once(admin_client: Browser, priced: Delivery) -> None:
    undo(admin_client, priced)
    assert "the record has moved on" in undo(admin_client, priced).content.decode()
    assert Delivery.objects.count() == 3


def test_undo_of_a_create_deletes(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "price": 1})
    assert "deleted again" in admin_client.get(address(newest())).content.decode()
    undo(admin_client, newest())
    assert product("a") is None


def test_undo_of_a_create_is_refused_when_the_record_was_changed_since(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "price": 1})
    created = newest()
    dsync.put("product", "a", {"name": "Mug"})
    assert "<td>name</td>" in undo(admin_client, created).content.decode()
    assert product("a") is not None


@pytest.mark.parametrize("on_delete", OnDelete)
def test_undo_of_a_deletion_brings_back_all_that_it_held(
    admin_client: Browser, dsync: Dsync, policy: Any, on_delete: OnDelete
) -> None:
    policy("order", on_delete=on_delete)
    body = {"order_id": "O-1", "items": [{"sku": "a", "qty": 2}], "total": 1.5, "placed_at": "2026-01-31T00:00:00Z"}
    dsync.post("order", {**body, "gift_message": {"gift_message_to": "Bob"}})
    before = dsync.item("order", order_id="O-1")
    dsync.delete("order", "O-1")
    undo(admin_client, newest())
    assert dsync.item("order", order_id="O-1") == before


def test_undo_of_a_deletion_brings_back_kept_unknown_fields(admin_client: Browser, dsync: Dsync, policy: Any) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    dsync.post("product", {"sku": "a", "colour": "red"})
    dsync.delete("product", "a")
    undo(admin_client, newest())
    assert product("a").extra == {"colour": "red"}


def test_undo_of_a_deletion_is_refused_when_the_record_lives_again(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.delete("product", "a")
    deletion = newest()
    dsync.post("product", {"sku": "a", "price": 5})
    assert "lives again" in undo(admin_client, deletion).content.decode()
    assert product("a").price == 5


def test_undo_of_an_update_is_refused_when_the_record_is_deleted_since(
    admin_client: Browser, dsync: Dsync, priced: Delivery
) -> None:
    dsync.delete("product", "a")
    assert "has been deleted since" in undo(admin_client, priced).content.decode()
    assert product("a") is None


def test_undo_is_refused_while_deliveries_of_the_record_wait(admin_client: Browser, priced: Delivery) -> None:
    accept("PUT", "a", {"price": 7})
    assert "wait for their turn" in undo(admin_client, priced).content.decode()
    run()
    assert product("a").price == 7


def test_members_of_a_group_go_back_without_their_siblings_moving(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "O-1", "gift_message": {"gift_message_to": "Bob"}})
    dsync.put("order", "O-1", {"gift_message": {"gift_message_to": "Eve"}})
    changed = newest()
    dsync.put("order", "O-1", {"gift_message": {"gift_message_body": "Hello"}})
    undo(admin_client, changed)
    order = Order.objects.get()
    assert (order.gift_message_gift_message_to, order.gift_message_gift_message_body) == ("Bob", "Hello")


def test_numbers_go_back_to_their_last_digit(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", b'{"sku": "a", "price": 9876543210.1234}')
    dsync.put("product", "a", {"price": 1})
    undo(admin_client, newest())
    assert product("a").price == Decimal("9876543210.1234")


def test_undo_is_told_to_dsync_where_the_entity_is_pushed(admin_client: Browser, priced: Delivery) -> None:
    Switch.objects.create(entity="product", is_pushed=True)
    undo(admin_client, priced)
    assert Push.objects.get().record_key == "a"


def test_undo_tells_why_it_is_refused_while_the_entity_takes_no_writes(admin_client: Browser, priced: Delivery) -> None:
    Switch.objects.create(entity="product", mode="refuse")
    forget_switches()
    assert "take no writes for now" in undo(admin_client, priced).content.decode()
    assert product("a").price == 2


@pytest.mark.parametrize("state", ["rejected", "dead", "accepted", "skipped"])
def test_delivery_that_was_not_applied_has_nothing_to_undo(admin_client: Browser, state: str) -> None:
    delivery = make_delivery(state=state)
    assert admin_client.get(address(delivery)).status_code == 403


def test_delivery_of_an_entity_that_is_gone_cannot_be_undone(admin_client: Browser) -> None:
    assert admin_client.get(address(make_delivery(entity="gone"))).status_code == 403


def test_pages_lead_to_undoing_for_who_may_change_records(priced: Delivery) -> None:
    browser = operator("view_delivery", "view_product", "change_product", "see_payloads")
    for page in (f"/admin/sync/delivery/{priced.pk}/change/", f"/admin/entities/product/{product('a').pk}/change/"):
        assert address(priced) in browser.get(page).content.decode()
    undo(browser, priced)
    assert product("a").price == 1


def test_viewer_may_not_undo(priced: Delivery) -> None:
    browser = operator("view_delivery", "view_product", "change_delivery")
    assert address(priced) not in browser.get(f"/admin/sync/delivery/{priced.pk}/change/").content.decode()
    assert browser.get(address(priced)).status_code == 403
    assert undo(browser, priced).status_code == 403
    assert product("a").price == 2


def test_admins_log_holds_no_payload(admin_client: Browser, dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "mark-of-a-payload"})
    dsync.put("product", "a", {"name": "mark-of-a-payload-2"})
    undo(admin_client, newest())
    assert "mark-of-a-payload" not in str(deeds().values_list())
