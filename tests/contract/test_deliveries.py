"""Every authenticated write on an entity route leaves one delivery: applied or rejected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from connector.edge.models import Client
from entities.entity import OnDelete, OnUnknown
from entities.models import Product
from entities.tokens import entity_tokens
from sync.models import Delivery
from tests.conftest import Dsync, HeaderText, example

Policy = Callable[..., None]


def newest() -> Delivery:
    return Delivery.objects.latest("pk")


def codes(delivery: Delivery) -> list[str]:
    return [error["code"] for error in delivery.errors]


def test_an_applied_write_is_stored_as_it_came(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"), Process_Id="123456", Idempotency_Key="k")
    delivery = newest()
    assert bytes(delivery.body) == example("create.request")
    assert (delivery.state, delivery.outcome, delivery.method) == ("applied", "created", "POST")
    assert (delivery.entity, delivery.record_key) == ("product", "hde012")
    assert (delivery.process_id, delivery.idempotency_key) == ("123456", "k")
    assert delivery.client_id == Client.objects.get(name="dsync").pk
    assert delivery.body_size == len(example("create.request"))
    assert delivery.accepted_at <= delivery.finished_at


def test_a_record_names_the_delivery_that_wrote_it(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert Product.objects.get().last_delivery == newest().pk
    dsync.delete("product", "a")
    assert Product.objects.get().last_delivery == newest().pk


def test_numbers_follow_the_order_of_acceptance(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.put("product", "a", {"color": "White"})
    dsync.delete("product", "a")
    assert list(Delivery.objects.order_by("pk").values_list("outcome", flat=True)) == ["created", "updated", "deleted"]


@pytest.mark.parametrize(
    ("body", "previous"),
    [
        ({"color": "White"}, {"color": "Black"}),
        ({"color": "Black"}, {"color": "Black"}),
        ({"price": 2, "inventory": {"qty": None}}, {"price": 1.5, "inventory_qty": 3}),
        ({"categories": []}, {"categories": ["x"]}),
        ({"attributes": []}, {"attributes": [{"name": "n", "value": None}]}),
        ({"name": "A"}, {"name": None}),
        ({}, {}),
        ({"sku": "a"}, {}),
    ],
    ids=str,
)
def test_an_update_stores_what_the_changed_columns_held(dsync: Dsync, body: Any, previous: Any) -> None:
    before = {
        "color": "Black",
        "price": 1.5,
        "inventory": {"qty": 3},
        "categories": ["x"],
        "attributes": [{"name": "n"}],
    }
    dsync.post("product", {"sku": "a", **before})
    dsync.put("product", "a", body)
    assert newest().previous == previous


def test_an_update_stores_what_was_kept_before(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_unknown=OnUnknown.KEEP)
    dsync.post("product", {"sku": "a", "foo": 1})
    dsync.put("product", "a", {"foo": 2})
    assert newest().previous == {"extra": {"foo": 1}}


def test_a_hard_delete_stores_the_whole_record(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_delete=OnDelete.HARD)
    dsync.post("product", {"sku": "a", "color": "Black"})
    dsync.delete("product", "a")
    previous = newest().previous
    assert (previous["sku"], previous["color"], previous["inventory_qty"]) == ("a", "Black", None)


@pytest.mark.parametrize("write", ["create", "delete of nothing"])
def test_a_write_that_found_no_record_stores_no_previous_values(dsync: Dsync, write: str) -> None:
    if write == "create":
        dsync.post("product", {"sku": "a"})
    else:
        dsync.delete("product", "a")
    assert newest().previous is None


def test_what_was_ignored_is_stored(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a", "foo": 1, "\u2028": 2})
    assert newest().ignored == ["foo", "\u2028"]


def test_a_rejected_write_is_stored_with_its_errors(dsync: Dsync) -> None:
    answer = dsync.post("product", {"sku": "a", "price": "x"}, Process_Id="1")
    delivery = newest()
    assert (delivery.state, delivery.outcome, delivery.record_key, delivery.process_id) == ("rejected", None, "a", "1")
    assert delivery.errors == answer.json()["detail"]["errors"]


def test_a_conflict_is_stored_as_rejected(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    dsync.post("product", {"sku": "a"})
    assert (newest().state, newest().record_key, codes(newest())) == ("rejected", "a", ["already_exists"])


def test_an_update_of_nothing_is_stored_as_rejected(dsync: Dsync) -> None:
    dsync.put("product", "a", {})
    assert (newest().state, newest().record_key, codes(newest())) == ("rejected", "a", ["not_found"])


def test_a_rule_of_the_table_is_stored_as_rejected(dsync: Dsync) -> None:
    body = {"partner": "p", "transactionId": "1", "credentialPrincipal": "c", "quantity": 1, "amount": 5}
    dsync.post("partner_sale", {**body, "saleDate": "2026-01-01"})
    assert (newest().state, newest().record_key, codes(newest())) == ("rejected", "p:1", ["required"])


def test_a_write_to_an_unknown_entity_is_stored_as_rejected(dsync: Dsync) -> None:
    dsync.send("POST", "/entity/" + "n" * 300, b"{}", Entity_Token=entity_tokens()["product"])
    assert (newest().state, newest().entity, codes(newest())) == ("rejected", "n" * 63, ["unknown_entity"])


@pytest.mark.parametrize(
    "headers",
    [{"Entity_Token": None}, {"Entity_Id": b"\xff"}, {"Process_Id": b"\xff"}, {"Idempotency_Key": "x" * 300}],
    ids=str,
)
def test_a_write_with_a_wrong_header_is_stored_as_rejected(dsync: Dsync, headers: dict[str, HeaderText]) -> None:
    dsync.write("PUT", "product", {"sku": "a"}, **headers)
    assert (newest().state, len(newest().errors)) == ("rejected", 1)


def test_an_unreadable_write_is_stored_under_the_key_of_its_header(dsync: Dsync) -> None:
    dsync.put("product", "a", b"{")
    assert (newest().record_key, codes(newest())) == ("a", ["invalid_json"])


def test_a_write_that_names_no_record_is_stored_without_a_key(dsync: Dsync) -> None:
    dsync.post("product", b"{")
    assert newest().record_key == ""


def test_the_body_of_a_rejected_write_is_cut(dsync: Dsync) -> None:
    body = json.dumps({"sku": "a", "description": "x" * 10_000, "price": "?"}).encode()
    dsync.post("product", body)
    assert bytes(newest().body) == body[:4096]
    assert newest().body_size == len(body)


def test_the_body_of_a_conflict_is_cut(dsync: Dsync) -> None:
    body = {"sku": "a", "description": "x" * 10_000}
    dsync.post("product", body)
    dsync.post("product", body)
    assert [len(delivery.body) for delivery in Delivery.objects.order_by("pk")] == [10_031, 4096]


@pytest.mark.parametrize("body", [b"\x00\xff\xfe", b"{\x00}", b"\xed\xa0\x80"])
def test_a_body_is_stored_as_bytes(dsync: Dsync, body: bytes) -> None:
    dsync.post("product", body)
    assert bytes(newest().body) == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"price": {"\\u0000": 1}}',
        b'{"price": {"\\ud800": 1}}',
        b'{"price": [NaN]}',
        b'{"x\\u0000\\ud800": NaN}',
        b'{"name": ["\\\\u0000"]}',
        b'{"sku": 1e400, "price": 123456789012345678901234567890}',
    ],
    ids=lambda body: body.decode(),
)
def test_the_errors_of_a_rejected_write_can_be_stored_whatever_they_quote(dsync: Dsync, body: bytes) -> None:
    assert dsync.post("product", body).status_code == 400
    assert newest().state == "rejected"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/entity/product", {"Auth_Token": "x"}, 401),
        ("POST", "/entity/product/a", {}, 404),
        ("PATCH", "/entity/product", {}, 405),
        ("POST", "/entity/product", {"Transfer_Encoding": "chunked"}, 411),
        ("POST", "/entity/product", {"Content_Type": "text/plain"}, 415),
        ("POST", "/entity/product", {"Content_Encoding": "gzip"}, 415),
    ],
)
def test_what_is_refused_at_the_edge_leaves_no_delivery(
    dsync: Dsync, method: str, path: str, headers: dict[str, HeaderText], status: int
) -> None:
    answer = dsync.send(method, path, {"sku": "a"}, **{"Entity_Token": entity_tokens()["product"], **headers})
    assert answer.status_code == status
    assert not Delivery.objects.exists()
    assert not Product.objects.exists()


def test_a_record_and_its_delivery_are_stored_together_or_not_at_all(
    dsync: Dsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.accepting.intake.journal.record_applied", lambda *_: 1 / 0)
    assert dsync.post("product", {"sku": "a"}).status_code == 500
    assert not Product.objects.exists()
