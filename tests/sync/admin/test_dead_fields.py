"""Editing the body of a dead delivery field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Browser

from sync.models import Delivery
from sync.operating import dead_letters
from tests.conftest import operator
from tests.sync.writes import DATABASE, dead, prices, run

pytestmark = DATABASE


def address(delivery: Delivery) -> str:
    return f"/admin/sync/delivery/{delivery.pk}/edit/fields/"


def dead_with(body: bytes, **more: Any) -> Delivery:
    """Return a dead delivery whose body is this, byte for byte."""
    delivery = dead(**more)
    Delivery.objects.filter(pk=delivery.pk).update(body=body)
    delivery.refresh_from_db()
    return delivery


def typed(browser: Browser, delivery: Delivery, **changes: str) -> dict[str, str]:
    """Return what a browser sends of the form, some of it typed anew."""
    form = browser.get(address(delivery)).context["form"]
    return {**{name: str(form[name].value()) for name in form.fields}, **changes}


def edited(browser: Browser, delivery: Delivery, **changes: str) -> Any:
    return browser.post(address(delivery), typed(browser, delivery, **changes))


def body_of(delivery: Delivery) -> Any:
    delivery.refresh_from_db()
    return delivery.body_in_force


def test_form_has_a_field_for_each_of_the_layout(admin_client: Browser) -> None:
    form = admin_client.get(address(dead(body={"price": 1}))).context["form"]
    assert (form["sku"].value(), form["price"].value(), form["inventory_qty"].label) == ("a", "1", "inventory.qty")
    assert "key" in form["sku"].help_text
    assert "as JSON" in form["attributes"].help_text


def test_edited_field_is_kept_and_applied_by_a_replay(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    assert edited(admin_client, delivery, price="2.50").status_code == 302
    assert body_of(delivery) == b'{"sku":"a","price":2.50}'
    assert bytes(delivery.body) == b'{"sku":"a","price":1}'
    dead_letters.replay(delivery)
    run()
    assert prices("a") == [2.5]


def test_what_is_not_touched_stays_as_it_came(admin_client: Browser) -> None:
    body = b'{"sku":"a","price":1.50,"weight":"2","unknown":{"x":[1,null]},"name":null,"inventory":{"qty":1,"more":2}}'
    delivery = dead_with(body)
    edited(admin_client, delivery, color="red")
    assert body_of(delivery) == body[:-1] + b',"color":"red"}'


def test_lines_of_a_short_text_stay_as_they_came(admin_client: Browser) -> None:
    body = b'{"sku":"a","name":"one\\ntwo\\rthree"}'
    delivery = dead_with(body)
    form = admin_client.get(address(delivery)).context["form"]
    assert form["name"].field.widget.template_name.endswith("textarea.html")
    edited(admin_client, delivery, name="one\r\ntwo\r\nthree", color="red")
    assert body_of(delivery) == body[:-1] + b',"color":"red"}'


def test_field_of_a_group_is_put_into_it(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    edited(admin_client, delivery, inventory_qty="3")
    assert json.loads(body_of(delivery)) == {"sku": "a", "price": 1, "inventory": {"qty": 3}}


def test_emptied_field_becomes_null(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    edited(admin_client, delivery, price="")
    assert json.loads(body_of(delivery)) == {"sku": "a", "price": None}


def test_lists_are_edited_as_json(admin_client: Browser) -> None:
    delivery = dead()
    edited(admin_client, delivery, categories='["x"]', attributes='[{"name": "n", "value": "1"}]')
    kept = json.loads(body_of(delivery))
    assert (kept["categories"], kept["attributes"]) == (["x"], [{"name": "n", "value": "1"}])


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(admin_client: Browser) -> None:
    delivery = dead()
    wrong = {"price": "x", "inventory_qty": "1.23456", "categories": "[", "attributes": '[{"value": 1}]'}
    form = edited(admin_client, delivery, **wrong).context["form"]
    assert "must be a number" in form.errors["price"][0]
    assert "JSON" in form.errors["categories"][0]
    assert form["price"].value() == "x"
    assert {*form.errors} == {*wrong}
    assert form.errors["attributes"][0].startswith("attributes[0].")
    assert (body_of(delivery), delivery.edited_body) == (b'{"sku":"a"}', None)


def test_form_begins_with_what_is_wrong_now(admin_client: Browser) -> None:
    content = admin_client.get(address(dead_with(b'{"sku":"a","price":"x"}'))).content.decode()
    assert "As it stands it would be refused." in content
    assert "<td>product.price</td>" in content


def test_another_records_key_is_refused_at_the_key(admin_client: Browser) -> None:
    assert "another record" in edited(admin_client, dead(), sku="b").context["form"].errors["sku"][0]


def test_number_where_a_text_is_wanted_becomes_what_is_shown(admin_client: Browser) -> None:
    delivery = dead_with(b'{"sku":"a","name":17}')
    edited(admin_client, delivery)
    assert json.loads(body_of(delivery)) == {"sku": "a", "name": "17"}


def test_body_that_was_edited_meanwhile_is_not_written_over(admin_client: Browser) -> None:
    delivery = dead(body={"price": 1})
    given = typed(admin_client, delivery, color="red")
    dead_letters.edit(delivery, b'{"sku":"a","price":3}')
    answer = admin_client.post(address(delivery), given)
    assert "edited since you began" in answer.context["form"].non_field_errors()[0]
    again = {name: str(answer.context["form"][name].value()) for name in given}
    assert admin_client.post(address(delivery), again).status_code == 302


@pytest.mark.parametrize("body", [b"[", b'{"sku":"a","sku":"a"}', b'{"sku":"a","price":NaN}', b"\xff"])
def test_body_that_a_form_would_lose_something_of_is_edited_as_json(admin_client: Browser, body: bytes) -> None:
    delivery = dead_with(body)
    assert admin_client.get(address(delivery))["Location"] == f"/admin/sync/delivery/{delivery.pk}/edit/"


def test_viewer_may_not_edit_fields() -> None:
    assert operator("view_delivery").get(address(dead())).status_code == 403


def test_what_came_is_escaped(admin_client: Browser) -> None:
    content = admin_client.get(address(dead(body={"name": "<script>alert(1)</script>"}))).content.decode()
    assert "<script>alert(1)" not in content
