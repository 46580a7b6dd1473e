"""`DELETE /entity/{entity_name}`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entities.entity import OnDelete
from entities.models import Product
from sync.models import Delivery
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published, result

Policy = Callable[..., None]


def test_delete_of_the_published_request_answers_as_published(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    answer = dsync.delete("product", "hde012", example("delete.request"), Process_Id="123456")
    assert answer.json() == published("delete.response.200")
    assert not dsync.item("product", sku="hde012")


@pytest.mark.parametrize("body", [b"{}", b"", None, b" {} ", b'{"sku": "a"}', b'{"sku": null}'])
def test_delete_needs_no_body(dsync: Dsync, body: bytes | None) -> None:
    dsync.post("product", {"sku": "a"})
    assert result(dsync.delete("product", "a", body)) == (200, None)


@pytest.mark.parametrize("body", [None, b"{}", b'{"sku": "a"}'], ids=["no body", "empty", "key in the body"])
def test_delete_needs_entity_id(dsync: Dsync, body: Any) -> None:
    dsync.post("product", {"sku": "a"})
    assert faults(dsync.delete("product", None, body)) == [("Entity-Id", "required")]
    assert dsync.item("product", sku="a")


def test_delete_names_what_it_ignored(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.delete("product", "a", {"foo": 1}).json()["detail"] == {"ignored": ["foo"]}


def test_delete_refuses_two_different_keys(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    answer = dsync.delete("product", "a", {"sku": "b"})
    assert {**answer.json(), "message": "Bad Request", "detail": {}} == published("delete.response.400")
    assert faults(answer) == [("product.sku", "key_mismatch")]


@pytest.mark.parametrize("body", [b"[]", b"null", b"{", b"\xff", b"5"])
def test_delete_refuses_a_body_that_is_no_object(dsync: Dsync, body: bytes) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.delete("product", "a", body).status_code == 400
    assert dsync.item("product", sku="a")


def test_delete_of_a_missing_record_tells_that_it_is_absent(dsync: Dsync) -> None:
    answer = dsync.delete("product", "a")
    assert answer.json() == {**published("delete.response.200"), "detail": {"outcome": "absent"}}


def test_delete_sent_again_is_harmless(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert [result(dsync.delete("product", "a")) for _ in range(2)] == [(200, None), (200, "absent")]


def test_delete_marks_the_record(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "name": "A"})
    dsync.delete("product", "a")
    product = Product.objects.get()
    assert (product.name, product.deleted_at is None) == ("A", False)


def test_delete_removes_the_record_when_told_to(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    dsync.post("product", {"sku": "a"})
    assert result(dsync.delete("product", "a")) == (200, None)
    assert not Product.objects.exists()


def test_delete_takes_no_other_record(dsync: Dsync) -> None:
    for key in ("a", "A", "a "):
        dsync.post("product", {"sku": key})
    dsync.delete("product", "a")
    assert sorted(Product.objects.live().values_list("sku", flat=True)) == ["A", "a "]


def test_delete_tells_all_faults_at_once(dsync: Dsync) -> None:
    answer = dsync.delete("product", "x" * 65, b"[]", Entity_Token=None, Process_Id="\x7f")
    assert set(faults(answer)) == {
        ("Entity-Token", "required"),
        ("Process-Id", "invalid_character"),
        ("product", "not_an_object"),
        ("Entity-Id", "too_long"),
    }


def test_delete_of_a_failure_answers_as_published(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("hde012")

    monkeypatch.setattr("sync.accepting.intake.store.delete", fail)
    assert dsync.delete("product", "a").json() == published("delete.response.500")
    assert not Delivery.objects.exists()
