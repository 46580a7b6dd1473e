"""`PUT /entity/{entity_name}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entities.entity import OnConflict, OnMissing, OnUnknown
from entities.models import Product
from sync.models import Delivery
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published, result

Policy = Callable[..., None]


def shown(dsync: Dsync, *names: str) -> list[Any]:
    item = dsync.item("product", sku="a") or {}
    return [item[name] for name in names]


def test_update_of_the_published_body_answers_ok(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    answer = dsync.put("product", "hde012", example("update.request"), Process_Id="123456")
    assert answer.json() == {**published("update.response.200"), "message": "OK"}
    assert answer.status_code == 200


def test_update_stores_the_published_values_and_keeps_the_others(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    before = dsync.item("product", sku="hde012") or {}
    dsync.put("product", "hde012", example("update.request"))
    assert dsync.item("product", sku="hde012") == {**before, "color": "White", "status": "Disabled"}


def test_update_takes_the_key_from_the_body(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    assert dsync.put("product", None, example("update.request")).status_code == 200
    assert dsync.item("product", sku="hde012", color="White")


def test_update_takes_the_key_from_the_header(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.put("product", "a", {"color": "White"}).status_code == 200
    assert dsync.item("product", sku="a", color="White")


def test_update_refuses_two_different_keys(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.post("product", {"sku": "b"})
    assert faults(dsync.put("product", "a", {"sku": "b", "color": "White"})) == [("product.sku", "key_mismatch")]
    assert not dsync.item("product", color="White")


def test_update_without_any_key_is_the_published_bad_request_with_a_reason(dsync: Dsync) -> None:
    answer = dsync.put("product", None, {"color": "White"})
    assert {**answer.json(), "message": "Bad Request", "detail": {}} == published("update.response.400")
    assert faults(answer) == [("product.sku", "required")]


def test_update_refuses_to_clear_the_key(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert faults(dsync.put("product", "a", {"sku": None})) == [("product.sku", "required")]


def test_update_without_a_body_is_a_bad_request(dsync: Dsync) -> None:
    assert faults(dsync.put("product", "a", None)) == [("Content-Length", "body_missing")]


def test_update_of_an_empty_object_changes_nothing(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "color": "Black"})
    assert result(dsync.put("product", "a", {})) == (200, None)
    assert shown(dsync, "color") == ["Black"]


def test_update_merges_an_object_by_key(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "inventory": {"qty": 5, "min_qty": 1}})
    dsync.put("product", "a", {"inventory": {"qty": 7}})
    assert shown(dsync, "inventory") == [{"qty": 7, "min_qty": 1}]


def test_update_clears_what_is_null(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "A", "inventory": {"qty": 5, "min_qty": 1}, "categories": ["x"]})
    dsync.put("product", "a", {"name": None, "inventory": {"min_qty": None}, "categories": None})
    assert shown(dsync, "name", "inventory", "categories") == [None, {"qty": 5, "min_qty": None}, []]


def test_update_clears_a_whole_object_that_is_null(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "inventory": {"qty": 5, "min_qty": 1}})
    dsync.put("product", "a", {"inventory": None})
    assert shown(dsync, "inventory") == [{"qty": None, "min_qty": None}]


def test_update_tells_an_empty_text_from_null(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "A", "price": 5})
    assert dsync.put("product", "a", {"name": ""}).status_code == 200
    assert shown(dsync, "name", "price") == ["", 5]


def test_update_clears_a_number_by_an_empty_text(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "price": 5})
    assert dsync.put("product", "a", {"price": ""}).status_code == 200
    assert shown(dsync, "price") == [None]


def test_update_replaces_a_list(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "categories": ["x", "y"], "attributes": [{"name": "n", "value": "v"}]})
    dsync.put("product", "a", {"categories": [], "attributes": [{"name": "m"}]})
    assert shown(dsync, "categories", "attributes") == [[], [{"name": "m", "value": None}]]


def test_update_of_a_missing_record_is_a_bad_request(dsync: Dsync) -> None:
    answer = dsync.put("product", "a", {"color": "White"})
    assert faults(answer) == [("product.sku", "not_found")]
    assert answer.json()["message"] == 'Bad Request: There is no product "a"; send POST to create it.'


def test_update_of_a_deleted_record_is_a_bad_request(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.delete("product", "a")
    assert faults(dsync.put("product", "a", {"color": "White"})) == [("product.sku", "not_found")]
    assert not dsync.item("product", sku="a")


def test_update_of_a_missing_record_creates_it_when_told_to(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_missing=OnMissing.CREATE)
    assert result(dsync.put("product", "a", {"color": "White"})) == (200, "created")
    assert dsync.item("product", sku="a", color="White")


def test_update_that_may_create_still_changes_a_record_that_is_there(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_missing=OnMissing.CREATE)
    dsync.post("product", {"sku": "a", "name": "A"})
    assert result(dsync.put("product", "a", {"color": "White"})) == (200, None)
    assert dsync.item("product", sku="a", name="A", color="White")


def test_update_that_may_create_revives_a_deleted_record(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_missing=OnMissing.CREATE, on_conflict=OnConflict.UPSERT)
    dsync.post("product", {"sku": "a", "name": "A"})
    dsync.delete("product", "a")
    assert result(dsync.put("product", "a", {"color": "White"})) == (200, "created")
    assert dsync.item("product", sku="a", name=None, color="White")


def test_update_that_would_create_needs_what_a_create_needs(dsync: Dsync, policy: Policy) -> None:
    policy("company", on_missing=OnMissing.CREATE)
    assert faults(dsync.put("company", "p:1", {"phone": "1"})) == [("company.name", "required")]


def test_update_names_what_it_ignored(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.put("product", "a", {"foo": 1}).json()["detail"] == {"ignored": ["foo"]}


def test_update_adds_to_what_is_kept(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    dsync.post("product", {"sku": "a", "foo": 1, "bar": 1})
    dsync.put("product", "a", {"bar": 2, "baz": 3})
    assert Product.objects.get().extra == {"foo": 1, "bar": 2, "baz": 3}


def test_update_tells_all_faults_at_once(dsync: Dsync) -> None:
    answer = dsync.put("product", "", {"sku": "b" * 65, "price": "x"}, Entity_Token="?", Idempotency_Key="")
    assert set(faults(answer)) == {
        ("Entity-Id", "blank"),
        ("Entity-Token", "unknown_entity_token"),
        ("Idempotency-Key", "blank"),
        ("product.sku", "too_long"),
        ("product.price", "invalid_number"),
    }


def test_update_never_moves_a_record_to_another_key(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.put("product", "a", {"sku": "A"})
    assert [product.sku for product in Product.objects.all()] == ["a"]


def test_update_of_a_failure_answers_as_published(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("hde012")

    monkeypatch.setattr("sync.accepting.intake.store.update", fail)
    assert dsync.put("product", "a", {}).json() == published("update.response.500")
    assert not Delivery.objects.exists()
