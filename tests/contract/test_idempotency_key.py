"""`Idempotency-Key` takes the place of everything by which a repeat is otherwise known, for 24 hours."""

from __future__ import annotations

import pytest

from entities.models import Product
from sync.models import Delivery
from tests.conftest import Dsync
from tests.contract.answers import faults, result
from tests.contract.test_repeats import age

MISMATCH = [("Idempotency-Key", "idempotency_mismatch")]


def test_the_same_request_under_a_key_is_a_repeat_without_a_process(dsync: Dsync) -> None:
    assert [result(dsync.post("product", {"sku": "a"}, Idempotency_Key="k")) for _ in range(2)] == [(201, None)] * 2
    assert Delivery.objects.count() == 1


def test_another_process_under_a_key_is_still_a_repeat(dsync: Dsync) -> None:
    for process_id in ("1", "2"):
        assert dsync.post("product", {"sku": "a"}, Idempotency_Key="k", Process_Id=process_id).status_code == 201
    assert Delivery.objects.get().process_id == "1"


def test_a_later_write_does_not_end_a_repeat_under_a_key(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    for shade, key in (("White", "k1"), ("Black", "k2"), ("White", "k1")):
        assert result(dsync.put("product", "a", {"color": shade}, Idempotency_Key=key)) == (200, None)
    assert Product.objects.get().color == "Black"


def test_another_key_makes_the_same_request_a_new_one(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k1", Process_Id="1")
    assert dsync.post("product", {"sku": "a"}, Idempotency_Key="k2", Process_Id="1").status_code == 409


def test_another_body_under_a_key_is_a_conflict_of_a_create(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    answer = dsync.post("product", {"sku": "b"}, Idempotency_Key="k")
    assert (answer.status_code, faults(answer)) == (409, MISMATCH)
    assert Product.objects.count() == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_another_request_under_a_key_is_a_bad_update_or_delete(dsync: Dsync, method: str) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    answer = dsync.write(method, "product", {}, Entity_Id="a", Idempotency_Key="k")
    assert (answer.status_code, faults(answer)) == (400, MISMATCH)
    assert Product.objects.live().exists()


def test_another_entity_under_a_key_is_a_mismatch(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    assert faults(dsync.post("order", {"order_id": "a"}, Idempotency_Key="k")) == MISMATCH


def test_a_mismatch_is_stored_as_rejected_and_not_remembered(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    dsync.post("product", {"sku": "b"}, Idempotency_Key="k")
    assert result(dsync.post("product", {"sku": "a"}, Idempotency_Key="k")) == (201, None)
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["applied", "rejected"]


def test_a_rejected_request_does_not_use_up_its_key(dsync: Dsync) -> None:
    assert dsync.post("product", {"sku": "a", "price": "x"}, Idempotency_Key="k").status_code == 400
    assert dsync.post("product", {"sku": "a", "price": "1"}, Idempotency_Key="k").status_code == 201


def test_a_key_is_one_of_its_client(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    assert stranger.post("product", {"sku": "b"}, Idempotency_Key="k").status_code == 201


def test_a_key_is_one_of_all_tokens_of_its_client(dsync: Dsync, twin: Dsync) -> None:
    for side in (dsync, twin):
        assert side.post("product", {"sku": "a"}, Idempotency_Key="k").status_code == 201
    assert Delivery.objects.count() == 1


def test_a_key_is_free_again_after_24_hours(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k")
    age(24.1)
    assert dsync.post("product", {"sku": "b"}, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["k", "x" * 255, "Schlüssel"])
def test_a_key_has_1_to_255_printable_characters(dsync: Dsync, key: str) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key=key)
    assert Delivery.objects.get().idempotency_key == key


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        ("", "blank"),
        ("x" * 256, "too_long"),
        ("a\x02", "invalid_character"),
        ("a\u2066", "invalid_character"),
        (b"\xff", "invalid_encoding"),
    ],
    ids=["empty", "256 characters", "control", "bidi", "not UTF-8"],
)
def test_a_key_that_is_none_is_a_fault(dsync: Dsync, wire: str | bytes, code: str) -> None:
    assert faults(dsync.post("product", {"sku": "a"}, Idempotency_Key=wire)) == [("Idempotency-Key", code)]
