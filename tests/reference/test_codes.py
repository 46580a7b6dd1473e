"""Every code that the document tells of can be had, each by a request that somebody may send."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse

from entities.tokens import entity_tokens
from reference.dsync.codes import CODES
from sync.delivery.effects import unknown_references
from tests.conftest import Dsync
from tests.entities.everything import SCHEMA, fault_codes

pytestmark = pytest.mark.django_db
Ask = Callable[[Dsync], HttpResponse]
DEEP = b'{"sku": ' + b"[" * 40 + b"]" * 40 + b"}"
STOCK = {"partner": "1", "partnerSkuCode": "a", "stockDate": "2026-01-31", "quantity": 1}


def post(body: Any, entity: str = "product", **headers: Any) -> Ask:
    return lambda dsync: dsync.post(entity, body, **headers)


def put(body: Any, key: Any = "a", entity: str = "product") -> Ask:
    return lambda dsync: dsync.put(entity, key, body)


def items(query: str) -> Ask:
    return lambda dsync: dsync.items("product", query)


def send(path: str, body: Any, **headers: Any) -> Ask:
    return lambda dsync: dsync.send("POST", path, body, **headers)


def twice(body: Any, other: Any, **headers: Any) -> Ask:
    """Send a write, and then another."""

    def ask(dsync: Dsync) -> HttpResponse:
        assert dsync.post("product", body, **headers).status_code == 201
        return dsync.post("product", other, **headers)

    return ask


def of_other_entity(dsync: Dsync) -> HttpResponse:
    return dsync.post("product", {"sku": "a"}, Entity_Token=entity_tokens()["order"])


def cut(dsync: Dsync) -> HttpResponse:
    headers = {"Auth-Token": dsync.token, "Entity-Token": entity_tokens()["product"]}
    extra = {"CONTENT_LENGTH": "9", "wsgi.input": BytesIO(b"{}")}
    return dsync.http.generic("POST", "/entity/product", b"{}", "application/json", headers=headers, **extra)


def unmeasured(dsync: Dsync) -> HttpResponse:
    headers = {"Auth-Token": dsync.token}
    return dsync.http.generic("POST", "/notification", b"{}", "application/json", headers=headers, CONTENT_LENGTH="x")


def misdirected(dsync: Dsync) -> HttpResponse:
    return dsync.http.get("/datalayout", headers={"Auth-Token": dsync.token}, SERVER_NAME="elsewhere.example")


REQUESTS: dict[str, Ask] = {
    "invalid_length": unmeasured,
    "body_cut": cut,
    "invalid_host": misdirected,
    "refused": items("?" + "&".join(f"a{number}=1" for number in range(1100))),
    "invalid_encoding": post(b'{"sku": "\xff"}'),
    "blank": post({"sku": " "}),
    "too_long": post({"sku": "a" * 65}),
    "invalid_character": post(b'{"sku": "a\\u0000"}'),
    "unknown_entity": post({"sku": "a"}, "nothing"),
    "unknown_entity_token": post({"sku": "a"}, Entity_Token="x"),
    "wrong_entity_token": of_other_entity,
    "idempotency_mismatch": twice({"sku": "a"}, {"sku": "b"}, Idempotency_Key="k"),
    "body_missing": post(b""),
    "byte_order_mark": post(b'\xef\xbb\xbf{"sku": "a"}'),
    "invalid_json": post(b"{"),
    "not_an_object": post(b"[]"),
    "too_deep": post(DEEP),
    "duplicate_key": post(b'{"sku": "a", "sku": "b"}'),
    "required": post({}),
    "invalid_text": post({"sku": 1}),
    "invalid_number": post({"sku": "a", "price": "x"}),
    "too_precise": post({"sku": "a", "price": 0.00001}),
    "too_large": post({"sku": "a", "price": 10**10}),
    "invalid_date": post({**STOCK, "stockDate": "x"}, "partner_stock"),
    "invalid_datetime": post({"sku": "a", "special_price_to": "x"}),
    "invalid_object": post({"sku": "a", "inventory": 1}),
    "not_a_list": post({"sku": "a", "categories": "x"}),
    "not_a_single_value": post({"sku": ["a"]}),
    "null_in_list": post({"sku": "a", "categories": [None]}),
    "invalid_key": post({"key": "a", "quantity": 1}, "partner_stock"),
    "key_mismatch": put({"sku": "b"}),
    "not_found": put({"name": "x"}),
    "already_exists": twice({"sku": "a"}, {"sku": "a"}),
    "invalid_page": items("?page=0"),
    "invalid_per_page": items("?per_page=x"),
    "invalid_offset": items("?offset=7&limit=10"),
    "invalid_limit": items("?limit=0"),
    "ambiguous_page": items("?page=1&offset=0"),
    "ambiguous_cursor": items("?cursor=x&page=1"),
    "ambiguous_changed_since": items("?changed_since=2026-01-31&page=1"),
    "invalid_deletions": items("?deletions=1"),
    "expired_cursor": items("?cursor=x"),
    "invalid_job_id": send("/entity/product/set_job", {"job_id": 1}),
    "invalid_id": send("/notification", {"process_id": [], "status": 200}),
    "invalid_status": send("/notification", {"process_id": "1", "status": "fine"}),
    "too_many": send("/notification", {"process_id": "1", "status": 200, "data": {"notifications": [{}] * 10_001}}),
}
# Of types and policies that no shipped entity has, by the entity of the tests that has all of them.
OF_EVERYTHING = {
    "out_of_range": {"small": 10**5},
    "invalid_boolean": {"flag": 1},
    "invalid_time": {"clock": "x"},
    "invalid_url": {"url": "x"},
    "invalid_email": {"email": "x"},
    "invalid_choice": {"chosen": "x"},
}
# Held where the database and the policies of an entity are tested.
ELSEWHERE = {
    "unknown_field": "tests/entities/test_validator.py",
    "constraint": "tests/sync/delivery/test_database_faults.py",
    "invalid_value": "tests/sync/delivery/test_database_faults.py",
}


def test_every_code_of_dsync_is_had_somewhere() -> None:
    assert set(CODES) == {*REQUESTS, *OF_EVERYTHING, *ELSEWHERE, "unknown_reference"}


@pytest.mark.parametrize("code", list(REQUESTS))
def test_code_of_dsync_is_answered(code: str, dsync: Dsync) -> None:
    answer = REQUESTS[code](dsync)
    assert answer.status_code in {400, 409}, answer.content
    assert code in {fault["code"] for fault in answer.json()["detail"]["errors"]}


@pytest.mark.parametrize("code", OF_EVERYTHING)
def test_code_of_a_value_is_told(code: str) -> None:
    assert list(fault_codes({"code": "k", **OF_EVERYTHING[code]}).values()) == [code]


def test_code_of_an_enforced_reference_is_told() -> None:
    (fault,) = unknown_references([(SCHEMA.enforced[0], "nothing")])
    assert fault.code == "unknown_reference"
