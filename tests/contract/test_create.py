"""`POST /entity/{entity_name}`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from entities.entity import OnConflict, OnDelete, OnUnknown
from entities.models import Product
from entities.tokens import entity_tokens
from sync.models import Delivery
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published, result

Policy = Callable[..., None]
PUBLISHED = json.loads(example("create.request"))


def test_create_of_the_published_body_answers_as_published(dsync: Dsync) -> None:
    answer = dsync.post("product", example("create.request"), Process_Id="123456")
    assert answer.json() == published("create.response.201")
    assert answer.status_code == 201


def test_create_stores_every_published_value(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"), Process_Id="123456")
    assert PUBLISHED.items() <= (dsync.item("product", sku="hde012") or {}).items()


def test_create_gives_what_was_not_sent_its_default(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    item = dsync.item("product", sku="a") or {}
    assert [item[name] for name in ("name", "price", "inventory", "categories", "attributes")] == [
        None,
        None,
        {"qty": None, "min_qty": None},
        [],
        [],
    ]


def test_create_needs_nothing_but_the_key_of_an_order(dsync: Dsync) -> None:
    assert dsync.post("order", {"order_id": "1"}).json()["data"] == {"order_id": "1"}


def test_create_of_a_live_key_is_the_published_conflict_with_a_reason(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    answer = dsync.post("product", example("create.request"))
    assert {**answer.json(), "message": "Conflict", "detail": {}} == published("create.response.409")
    assert answer.json()["detail"]["errors"] == [
        {
            "treekey": "product.sku",
            "code": "already_exists",
            "message": 'product "hde012" exists already; send PUT to change it.',
            "received": "hde012",
        }
    ]


def test_create_that_conflicts_changes_nothing(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "color": "Black"})
    dsync.post("product", {"sku": "a", "color": "White"})
    assert (dsync.item("product", sku="a") or {})["color"] == "Black"


def test_create_of_a_live_key_updates_it_when_conflicts_are_upserts(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_conflict=OnConflict.UPSERT)
    dsync.post("product", {"sku": "a", "name": "A", "color": "Black"})
    answer = dsync.post("product", {"sku": "a", "color": "White"})
    assert (*result(answer), answer.json()["data"]) == (201, "updated", {"sku": "a"})
    assert dsync.item("product", sku="a", name="A", color="White")


def test_create_without_a_body_is_a_bad_request(dsync: Dsync) -> None:
    assert faults(dsync.post("product", None)) == [("Content-Length", "body_missing")]


def test_create_without_the_key_is_the_published_bad_request_with_a_reason(dsync: Dsync) -> None:
    answer = dsync.post("product", {"name": "A"})
    assert {**answer.json(), "message": "Bad Request", "detail": {}} == published("create.response.400")
    assert answer.json()["message"] == "Bad Request: sku is required: it is the key."


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "required"),
        ("", "blank"),
        (" \u00a0", "blank"),
        ({}, "invalid_text"),
        ([], "not_a_single_value"),
        (["a"], "not_a_single_value"),
        (5, "invalid_text"),
        (True, "invalid_text"),
        ("x" * 65, "too_long"),
        ("a\tb", "invalid_character"),
        ("a\u200bb", "invalid_character"),
        ("a\u202eb", "invalid_character"),
        ("a\u2028b", "invalid_character"),
    ],
    ids=[
        "null",
        "empty",
        "spaces",
        "object",
        "empty list",
        "list",
        "number",
        "boolean",
        "too long",
        "tab",
        "zero width",
        "bidi",
        "line separator",
    ],
)
def test_create_refuses_a_key_that_cannot_be_addressed(dsync: Dsync, key: Any, code: str) -> None:
    assert faults(dsync.post("product", {"sku": key})) == [("product.sku", code)]
    assert not Product.objects.exists()


@pytest.mark.parametrize("key", ["1", "0012", "a b", "Größe-1", "' OR 1=1 --", "=1+1", "x" * 64, "a/b", "%2f", "日本"])
def test_create_takes_any_key_that_people_use(dsync: Dsync, key: str) -> None:
    assert dsync.post("product", {"sku": key}).json()["data"] == {"sku": key}
    assert dsync.item("product", sku=key)


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b>", "{{ 7*7 }}", "'; DROP TABLE x; --", '=HYPERLINK("x")', "\\u0000", " a ", "\u202e", "%s"]
)
def test_create_keeps_text_as_it_comes(dsync: Dsync, text: str) -> None:
    dsync.post("product", {"sku": "a", "description": text})
    assert dsync.item("product", sku="a", description=text)


def test_create_tells_all_faults_at_once(dsync: Dsync) -> None:
    body = {"price": "x", "inventory": {"qty": []}, "categories": "a", "attributes": [{"value": "b"}, 5], "name": 5}
    answer = dsync.post("product", body, Entity_Token=None, Process_Id="p" * 129)
    assert set(faults(answer)) == {
        ("Entity-Token", "required"),
        ("Process-Id", "too_long"),
        ("product.sku", "required"),
        ("product.price", "invalid_number"),
        ("product.inventory.qty", "not_a_single_value"),
        ("product.categories", "not_a_list"),
        ("product.attributes[0].name", "required"),
        ("product.attributes[1]", "invalid_object"),
        ("product.name", "invalid_text"),
    }


def test_create_says_in_its_message_how_many_faults_there_are(dsync: Dsync) -> None:
    message = dsync.post("product", {"sku": "a", "price": "x", "weight": "y", "name": 5}).json()["message"]
    assert message == ("Bad Request: price must be a number, such as 12.5; 2 other faults are in detail.errors.")


@pytest.mark.parametrize("value", ["x" * 300, ["x" * 300]], ids=["text", "list"])
def test_create_cuts_what_it_received_at_100_characters(dsync: Dsync, value: Any) -> None:
    (fault,) = dsync.post("product", {"sku": "a", "name": value}).json()["detail"]["errors"]
    assert len(fault["received"]) == 100


def test_create_of_an_unknown_entity_is_a_bad_request(dsync: Dsync) -> None:
    answer = dsync.post("nothing", {"sku": "a"}, Entity_Token=entity_tokens()["product"])
    assert faults(answer) == [("entity_name", "unknown_entity")]


@pytest.mark.parametrize(
    "name", ["Product", "PRODUCT", "product.json", "products", "product\n", "p\u00fc", "a%ff", "\x00"]
)
def test_create_takes_an_entity_by_its_exact_name_alone(dsync: Dsync, name: str) -> None:
    assert ("entity_name", "unknown_entity") in faults(dsync.post(name, {"sku": "a"}))


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "required"),
        ("", "blank"),
        ("source-1-product-00000000000000000000000000000000", "unknown_entity_token"),
        ("x" * 256, "too_long"),
        ("a\u00ad", "invalid_character"),
        (b"\xff", "invalid_encoding"),
    ],
    ids=["missing", "empty", "unknown", "too long", "invisible", "not UTF-8"],
)
def test_create_with_a_wrong_entity_token_is_a_bad_request(dsync: Dsync, token: str | bytes | None, code: str) -> None:
    assert faults(dsync.post("product", {"sku": "a"}, Entity_Token=token)) == [("Entity-Token", code)]
    assert not Product.objects.exists()


def test_create_with_the_token_of_another_entity_is_a_bad_request(dsync: Dsync) -> None:
    answer = dsync.post("product", {"sku": "a"}, Entity_Token=entity_tokens()["order"])
    assert faults(answer) == [("Entity-Token", "wrong_entity_token")]
    assert entity_tokens()["order"] not in answer.content.decode()


def test_create_names_what_it_ignored(dsync: Dsync) -> None:
    answer = dsync.post(
        "product", {"sku": "a", "foo": 1, "inventory": {"bar": 2}, "attributes": [{"name": "n", "x": 3}]}
    )
    assert answer.status_code == 201
    assert answer.json()["detail"] == {"ignored": ["foo", "inventory.bar", "attributes[0].x"]}


def test_create_names_only_the_first_of_very_many_ignored(dsync: Dsync) -> None:
    body = b'{"sku":"a",' + b",".join(b'"%d":0' % number for number in range(100_000)) + b"}"
    ignored = dsync.post("product", body).json()["detail"]["ignored"]
    assert (ignored[:2], len(ignored), ignored[-1]) == (["0", "1"], 101, "and 99900 others")


@pytest.mark.parametrize(
    "name", ["__proto__", "", "a.b", "constructor", "id", "deleted_at", "extra", "\u200b", "_deleted"]
)
def test_create_ignores_names_that_only_look_like_fields(dsync: Dsync, name: str) -> None:
    assert dsync.post("product", {"sku": "a", name: "2020-01-01"}).json()["detail"] == {"ignored": [name]}


def test_create_refuses_what_it_does_not_know_when_told_to(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_unknown=OnUnknown.REJECT)
    answer = dsync.post("product", {"sku": "a", "foo": 1, "inventory": {"bar": 2}})
    assert faults(answer) == [("product.foo", "unknown_field"), ("product.inventory.bar", "unknown_field")]


def test_create_keeps_what_it_does_not_know_when_told_to(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    answer = dsync.post("product", b'{"sku": "a", "foo": {"deep": [1.50, null]}, "inventory": {"bar": 2}}')
    assert answer.json()["detail"] == {}
    assert Product.objects.get().extra == {"foo": {"deep": [1.5, None]}, "inventory.bar": 2}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"x" * 101: 1, "x" * 102: 2}, [1, 2]),
        ({"inventory.bar": 1, "inventory": {"bar": 2}}, [1, 2]),
    ],
    ids=["long names", "a dotted name"],
)
def test_create_keeps_every_member_that_it_does_not_know(
    dsync: Dsync, policy: Policy, body: dict[str, Any], kept: list[int]
) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    dsync.post("product", {"sku": "a", **body})
    assert sorted(Product.objects.get().extra.values()) == kept


def test_create_revives_a_deleted_record_with_only_what_it_sends(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "A", "price": 5, "categories": ["x"], "inventory": {"qty": 1}})
    dsync.delete("product", "a")
    answer = dsync.post("product", {"sku": "a", "color": "Red"})
    assert (answer.status_code, answer.json()["detail"]) == (201, {})
    item = dsync.item("product", sku="a") or {}
    assert {name: value for name, value in item.items() if value} == {
        "sku": "a",
        "color": "Red",
        "inventory": {"qty": None, "min_qty": None},
    }


def test_create_of_a_revived_record_forgets_what_was_kept_of_it(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    dsync.post("product", {"sku": "a", "foo": 1})
    dsync.delete("product", "a")
    dsync.post("product", {"sku": "a"})
    assert Product.objects.get().extra is None


def test_create_after_a_hard_delete_makes_a_new_record(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    dsync.post("product", {"sku": "a"})
    first = Product.objects.get().pk
    dsync.delete("product", "a")
    dsync.post("product", {"sku": "a"})
    assert Product.objects.get().pk > first


def test_create_does_not_read_entity_id(dsync: Dsync) -> None:
    assert dsync.post("product", {"sku": "a"}, Entity_Id="").json()["data"] == {"sku": "a"}


def test_create_stores_a_reference_to_nothing_as_given(dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "1", "product_id": "not there yet", "items": [{"sku": "nor this", "qty": 1}]})
    assert dsync.item("order", order_id="1", product_id="not there yet")


def test_create_keeps_numbers_exactly(dsync: Dsync) -> None:
    dsync.post("product", b'{"sku": "a", "price": 1234567890.1200, "weight": "0.1"}')
    assert b'"price":1234567890.12,' in dsync.items("product").content
    assert b'"weight":0.1,' in dsync.items("product").content


def test_create_stores_a_list_of_objects_with_every_member(dsync: Dsync) -> None:
    dsync.post("order", {"order_id": "1", "items": [{"sku": "a", "qty": "2.50"}]})
    item = dsync.item("order", order_id="1") or {}
    assert item["items"] == [{"sku": "a", "name": None, "qty": 2.5, "price": None}]


def test_create_of_a_rule_of_the_table_is_a_bad_request(dsync: Dsync) -> None:
    sale = {"partner": "p", "transactionId": "1", "credentialPrincipal": "c", "quantity": 1, "amount": 5}
    answer = dsync.post("partner_sale", {**sale, "saleDate": "2026-01-01"})
    assert faults(answer) == [("partner_sale", "required")]


def test_create_of_a_failure_answers_as_published(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("hde012 Madison")

    monkeypatch.setattr("sync.accepting.intake.store.create", fail)
    assert dsync.post("product", example("create.request")).json() == published("create.response.500")
    assert not Delivery.objects.exists()


def test_create_tells_rules_over_several_fields_with_the_faults_of_single_ones(dsync: Dsync) -> None:
    answer = dsync.post("partner_sale", {"partner": "p", "transactionId": "1", "quantity": "x"})
    assert ("partner_sale", "required") in faults(answer)
    assert ("partner_sale.quantity", "invalid_number") in faults(answer)
