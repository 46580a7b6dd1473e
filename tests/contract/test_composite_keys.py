"""Keys made of parts, over HTTP: a sender sends the parts, or the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entities.entity import OnMissing
from tests.conftest import Dsync
from tests.contract.answers import faults, result

Policy = Callable[..., None]
NAMED = {"name": "N"}
STOCK = {"partner": "p", "stockDate": "2026-01-31", "quantity": 1}


def company(partner: str, principal: str, **members: Any) -> dict[str, Any]:
    return {"partner": partner, "principal": principal, **NAMED, **members}


@pytest.mark.parametrize(
    ("partner", "principal", "key"),
    [
        ("p", "1", "p:1"),
        ("p:1", "2", "p\\:1:2"),
        ("p", "1:2", "p:1\\:2"),
        ("p\\", "1", "p\\\\:1"),
        ("p\\:", ":\\", "p\\\\\\::\\:\\\\"),
        ("Größe", "日本", "Größe:日本"),
        ("p", " 1 ", "p: 1 "),
    ],
)
def test_parts_make_the_key_and_the_key_finds_the_record(dsync: Dsync, partner: str, principal: str, key: str) -> None:
    assert dsync.post("company", company(partner, principal)).json()["data"] == {"key": key}
    assert dsync.put("company", key, {"phone": "1"}).status_code == 200
    assert dsync.item("company", key=key, partner=partner, principal=principal, phone="1")
    assert result(dsync.delete("company", key)) == (200, None)


def test_parts_that_look_alike_when_joined_are_different_keys(dsync: Dsync) -> None:
    for partner, principal in (("a:b", "c"), ("a", "b:c"), ("a\\", "b:c")):
        assert dsync.post("company", company(partner, principal)).status_code == 201


def test_key_alone_fills_its_parts(dsync: Dsync) -> None:
    assert dsync.post("company", {"key": "p\\:1:2", **NAMED}).json()["data"] == {"key": "p\\:1:2"}
    assert dsync.item("company", partner="p:1", principal="2")


def test_key_and_parts_may_both_come(dsync: Dsync) -> None:
    assert dsync.post("company", company("p", "1", key="p:1")).status_code == 201


@pytest.mark.parametrize(
    "body",
    [company("p", "1", key="p:2"), company("q", "1", key="p:1"), {"key": "p:1", "principal": "2", **NAMED}],
    ids=["another part", "another partner", "one part"],
)
def test_key_and_parts_that_differ_are_refused(dsync: Dsync, body: dict[str, Any]) -> None:
    assert faults(dsync.post("company", body)) == [("company.key", "key_mismatch")]


def test_header_and_parts_that_differ_are_refused(dsync: Dsync) -> None:
    dsync.post("company", company("p", "1"))
    dsync.post("company", company("p", "2"))
    assert faults(dsync.put("company", "p:1", {"partner": "p", "principal": "2"})) == [("company.key", "key_mismatch")]


def test_header_and_one_part_that_differs_are_refused(dsync: Dsync) -> None:
    dsync.post("company", company("p", "1"))
    assert faults(dsync.put("company", "p:1", {"principal": "2"})) == [("company.key", "key_mismatch")]


def test_update_takes_the_key_from_the_parts(dsync: Dsync) -> None:
    dsync.post("company", company("p", "1"))
    assert dsync.put("company", None, {"partner": "p", "principal": "1", "phone": "5"}).status_code == 200
    assert dsync.item("company", key="p:1", phone="5")


def test_update_that_creates_fills_the_parts_from_the_header(dsync: Dsync, policy: Policy) -> None:
    policy("company", on_missing=OnMissing.CREATE)
    assert result(dsync.put("company", "p:1", NAMED)) == (200, "created")
    assert dsync.item("company", key="p:1", partner="p", principal="1")


@pytest.mark.parametrize("missing", ["partner", "principal"])
def test_a_missing_part_is_told_by_its_own_name(dsync: Dsync, missing: str) -> None:
    body = {name: value for name, value in company("p", "1").items() if name != missing}
    assert faults(dsync.post("company", body)) == [(f"company.{missing}", "required")]


@pytest.mark.parametrize("key", ["p", "p:1:2", "p\\:1", ":", "p:1\\"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_key_of_other_parts_is_refused_or_names_nothing(dsync: Dsync, method: str, key: str) -> None:
    dsync.post("company", company("p", "1"))
    answer = dsync.write(method, "company", {}, Entity_Id=key)
    assert answer.status_code == 400 or result(answer) == (200, "absent")
    assert dsync.item("company", key="p:1")


def test_a_key_of_the_wrong_number_of_parts_is_told(dsync: Dsync) -> None:
    assert faults(dsync.put("company", "p:1:2", {})) == [("company.key", "invalid_key")]


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"partnerSkuCode": "s"}, "p:s:2026-01-31"),
        ({"skuCodeKey": "EAN", "skuCode": "5"}, "p:EAN=5:2026-01-31"),
        ({"partnerSkuCode": "s", "skuCodeKey": "EAN", "skuCode": "5"}, "p:s:2026-01-31"),
    ],
    ids=["code", "kind and number", "both"],
)
def test_a_part_may_be_one_of_two(dsync: Dsync, parts: dict[str, str], key: str) -> None:
    assert dsync.post("partner_stock", {**STOCK, **parts}).json()["data"] == {"key": key}
    assert dsync.put("partner_stock", key, {"quantity": 2}).status_code == 200
    assert dsync.item("partner_stock", key=key, quantity=2, **parts)


def test_a_part_of_neither_is_refused(dsync: Dsync) -> None:
    assert faults(dsync.post("partner_stock", STOCK)) == [("partner_stock.partnerSkuCode", "required")]


def test_a_date_is_the_same_part_however_it_is_written(dsync: Dsync) -> None:
    dsync.post("partner_stock", {**STOCK, "partnerSkuCode": "s"})
    answer = dsync.post("partner_stock", {**STOCK, "partnerSkuCode": "s", "stockDate": "20260131"})
    assert faults(answer) == [("partner_stock.key", "already_exists")]


def test_a_date_that_is_none_in_a_key_is_refused(dsync: Dsync) -> None:
    answer = dsync.put("partner_stock", "p:s:yesterday", {"quantity": 1})
    assert faults(answer) == [("partner_stock.stockDate", "invalid_date")]


def test_parts_that_make_too_long_a_key_are_refused(dsync: Dsync) -> None:
    answer = dsync.post("company", company(":" * 64, ":" * 128))
    assert faults(answer) == [("company.key", "too_long")]
