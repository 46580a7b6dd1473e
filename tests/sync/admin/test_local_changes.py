"""What a person changes of a record in the admin."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser

from connector.edge.models import Client
from entities.entity import OnDelete
from entities.models import Product
from sync import local
from sync.models import Delivery, Push, Switch
from tests.audit import deeds
from tests.conftest import Dsync, operator
from tests.sync.writes import DATABASE, accept, product, run, side_by_side, wait_until

pytestmark = DATABASE
LIST = "/admin/entities/product/"


def add(browser: Browser, body: Any) -> Any:
    return browser.post(f"{LIST}add/", {"body": body if isinstance(body, str) else json.dumps(body)}, follow=True)


def address(key: str, page: str) -> str:
    return f"{LIST}{Product.objects.get(sku=key).pk}/{page}/"


def form_of(browser: Browser, key: str = "a") -> Any:
    return browser.get(address(key, "edit")).context["form"]


def edit(browser: Browser, body: Any, key: str = "a", *, seen: str | None = None) -> Any:
    seen = form_of(browser, key)["seen"].value() if seen is None else seen
    text = body if isinstance(body, str) else json.dumps(body)
    return browser.post(address(key, "edit"), {"body": text, "seen": seen}, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def logged() -> list[str]:
    return [entry.message for entry in deeds()]


def test_record_is_created(admin_client: Browser) -> None:
    answer = add(admin_client, {"sku": "a", "price": 1.5})
    assert (said(answer), logged()) == (["Created."], ["Created."])
    assert answer.redirect_chain == [(address("a", "change"), 302)]
    assert product("a").price == 1.5


def test_change_of_the_key_is_refused_in_words_for_a_person(admin_client: Browser) -> None:
    local.create("product", {"sku": "a"})
    told = edit(admin_client, {"sku": "b"}).content.decode()
    assert "It names another record; the one that this page is about keeps its key." in told
    assert "Entity-Id" not in told


def test_change_is_the_persons_own(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    delivery = Delivery.objects.get()
    assert (Client.objects.get(pk=delivery.client_id).name, delivery.is_local) == ("admin:admin", True)
    assert "admin:admin" in admin_client.get(address("a", "change")).content.decode()


def test_buttons_say_what_they_do(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    assert ">Create it</button>" in buttons(admin_client.get(f"{LIST}add/"))
    assert ">Change it</button>" in buttons(admin_client.get(address("a", "edit")))


def buttons(answer: Any) -> str:
    return re.sub(r"\s*([<>])\s*", r"\1", answer.content.decode())


def test_form_offers_what_the_record_holds(admin_client: Browser, dsync: Dsync) -> None:
    add(admin_client, {"sku": "a", "price": 1.50})
    assert json.loads(form_of(admin_client)["body"].value()) == dsync.item("product", sku="a")


def test_edit_writes_what_was_changed_and_nothing_else(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a", "name": "Mug", "price": 1})
    body = {**json.loads(form_of(admin_client)["body"].value()), "price": 2}
    assert said(edit(admin_client, body)) == ["Changed."]
    assert bytes(Delivery.objects.latest("pk").body) == b'{"price":2}'
    assert (product("a").price, product("a").name) == (2, "Mug")


def test_edit_keeps_numbers_as_they_were_typed(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    edit(admin_client, '{"price": 12345678.1234}')
    assert str(product("a").price) == "12345678.1234"


@pytest.mark.parametrize("page", ["add", "edit"])
def test_wrong_body_tells_every_fault_and_keeps_what_was_typed(admin_client: Browser, page: str) -> None:
    add(admin_client, {"sku": "a"})
    typed = '{"sku": "a", "price": "x", "inventory": {"qty": []}}'
    content = (add if page == "add" else edit)(admin_client, typed).content.decode()
    assert "product.price" in content
    assert "product.inventory.qty" in content
    assert "&quot;price&quot;: &quot;x&quot;" in content
    assert (Delivery.objects.count(), logged()) == (1, ["Created."])


def test_body_that_is_no_json_tells_where(admin_client: Browser) -> None:
    assert "line 1, column 2" in add(admin_client, "{a").content.decode()


def test_create_of_a_record_that_lives_is_refused(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    assert "already_exists" in add(admin_client, {"sku": "a"}).content.decode()


def test_edit_is_refused_once_when_the_record_has_changed_meanwhile(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    seen = form_of(admin_client)["seen"].value()
    local.update("product", "a", {"price": 5})
    answer = edit(admin_client, {"price": 2}, seen=seen)
    assert "has changed since you began" in answer.content.decode()
    assert product("a").price == 5
    form = answer.context["form"]
    edit(admin_client, form["body"].value(), seen=form["seen"].value())
    assert product("a").price == 2


def test_record_that_is_deleted_while_its_change_waits_is_not_found(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    form = {"body": "{}", "seen": form_of(admin_client)["seen"].value()}
    url = address("a", "edit")
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            local.delete("product", "a")
            sent = threads.submit(side_by_side, lambda: admin_client.post(url, form))
            wait_until(somebody_waits_for_a_record)
        assert sent.result()[0].status_code == 404


def somebody_waits_for_a_record() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone() is not None


def test_record_is_deleted_after_a_question(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    assert admin_client.get(address("a", "remove")).status_code == 200
    assert product("a") is not None
    assert said(admin_client.post(address("a", "remove"), follow=True)) == ["Deleted."]
    assert (product("a"), logged()) == (None, ["Created.", "Deleted."])


def test_record_that_is_removed_for_good_is_logged_too(admin_client: Browser, policy: Any) -> None:
    policy("product", on_delete=OnDelete.HARD)
    add(admin_client, {"sku": "a"})
    admin_client.post(address("a", "remove"))
    assert (Product.objects.count(), logged()) == (0, ["Created.", "Deleted."])


def test_deleted_record_has_no_page_to_change_it(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    admin_client.post(address("a", "remove"))
    assert admin_client.get(address("a", "edit")).status_code == 404
    assert admin_client.post(address("a", "remove")).status_code == 404
    assert address("a", "edit") not in admin_client.get(address("a", "change")).content.decode()


def test_change_behind_waiting_deliveries_leads_to_its_own(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a"})
    accept("PUT", "a", {"price": 1})
    answer = edit(admin_client, {"price": 2})
    assert said(answer) == ["It is accepted, and applied when its turn comes."]
    assert answer.redirect_chain[0][0] == f"/admin/sync/delivery/{Delivery.objects.latest('pk').pk}/change/"
    run()
    assert product("a").price == 2


def test_create_in_a_deferred_entity_leads_to_its_delivery(admin_client: Browser) -> None:
    Switch.objects.create(entity="product", mode="deferred")
    answer = add(admin_client, {"sku": "a"})
    assert answer.redirect_chain[0][0] == f"/admin/sync/delivery/{Delivery.objects.get().pk}/change/"
    assert logged() == ["Created."]


def test_change_is_refused_while_the_entity_takes_no_writes(admin_client: Browser) -> None:
    Switch.objects.create(entity="product", mode="refuse")
    assert "take no writes for now" in add(admin_client, {"sku": "a"}).content.decode()
    assert not Product.objects.exists()


def test_change_of_a_pushed_entity_is_in_the_outbox(admin_client: Browser) -> None:
    Switch.objects.create(entity="product", is_pushed=True)
    add(admin_client, {"sku": "a"})
    assert Push.objects.get().record_key == "a"


def test_admins_log_holds_no_payload(admin_client: Browser) -> None:
    add(admin_client, {"sku": "a", "name": "mark-of-a-payload"})
    edit(admin_client, {"name": "mark-of-a-payload-2"})
    assert "mark-of-a-payload" not in str(deeds().values_list())


def test_who_may_change_and_not_see_is_refused(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "mark-of-a-payload"})
    browser = operator("view_product", "change_product")
    assert address("a", "edit") not in browser.get(address("a", "change")).content.decode()
    assert browser.get(address("a", "edit")).status_code == 403


def test_viewer_may_change_nothing(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    browser = operator("view_product")
    content = browser.get(address("a", "change")).content.decode() + browser.get(LIST).content.decode()
    assert f"{LIST}add/" not in content
    assert address("a", "edit") not in content
    for page in (f"{LIST}add/", address("a", "edit"), address("a", "remove")):
        assert browser.post(page, {"body": "{}"}).status_code == 403
    assert product("a") is not None


def test_who_may_change_is_led_to_the_pages(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    browser = operator("view_product", "change_product", "see_payloads")
    assert address("a", "edit") in browser.get(address("a", "change")).content.decode()
    assert f"{LIST}add/" in browser.get(LIST).content.decode()
    assert said(edit(browser, {"price": 2})) == ["Changed."]
