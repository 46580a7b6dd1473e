"""Retries: a repeat gets the first answer and has no second effect, and no real write is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from entities.entity import OnConflict, OnMissing
from sync.models import Delivery
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published, result

Policy = Callable[..., None]


def age(hours: float) -> None:
    """Make every delivery so much older."""
    Delivery.objects.update(accepted_at=F("accepted_at") - timedelta(hours=hours))


def color(dsync: Dsync) -> str:
    return (dsync.item("product", sku="a") or {})["color"]


def paint(dsync: Dsync, color: str, process_id: str | None = "1") -> tuple[int, object]:
    return result(dsync.put("product", "a", {"color": color}, Process_Id=process_id))


def test_repeat_of_a_create_gets_the_same_201_and_one_delivery(dsync: Dsync) -> None:
    answers = [dsync.post("product", example("create.request"), Process_Id="123456") for _ in range(3)]
    assert [answer.json() for answer in answers] == [published("create.response.201")] * 3
    assert Delivery.objects.count() == 1


def test_repeat_of_an_update_gets_the_same_answer_and_one_delivery(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    answers = [dsync.put("product", "a", {"color": "White", "foo": 1}, Process_Id="1") for _ in range(3)]
    assert {answer.content for answer in answers} == {
        b'{"status":200,"message":"OK","detail":{"ignored":["foo"]},"data":{}}'
    }
    assert Delivery.objects.filter(method="PUT").count() == 1


def test_repeat_of_a_delete_gets_the_same_answer_and_one_delivery(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert [result(dsync.delete("product", "a", b"{}", Process_Id="1")) for _ in range(3)] == [(200, None)] * 3
    assert Delivery.objects.filter(method="DELETE").count() == 1


def test_repeat_of_a_delete_of_nothing_stays_absent(dsync: Dsync) -> None:
    assert [result(dsync.delete("product", "a", Process_Id="1")) for _ in range(2)] == [(200, "absent")] * 2
    assert Delivery.objects.count() == 1


def test_repeat_of_an_upsert_tells_what_the_first_did(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_conflict=OnConflict.UPSERT)
    dsync.post("product", {"sku": "a"})
    assert [result(dsync.post("product", {"sku": "a", "color": "x"}, Process_Id="1")) for _ in range(2)] == [
        (201, "updated"),
        (201, "updated"),
    ]


def test_repeat_of_an_update_that_created_tells_so_again(dsync: Dsync, policy: Policy) -> None:
    policy("product", on_missing=OnMissing.CREATE)
    assert [paint(dsync, "White") for _ in range(2)] == [(200, "created")] * 2


def test_repeat_of_a_composite_key_gives_the_key_again(dsync: Dsync) -> None:
    body = {"partner": "p:1", "principal": "x", "name": "N"}
    answers = [dsync.post("company", body, Process_Id="1").json()["data"] for _ in range(2)]
    assert answers == [{"key": "p\\:1:x"}] * 2


def test_white_black_white_in_one_process_ends_white(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert [paint(dsync, shade) for shade in ("White", "Black", "White")] == [(200, None)] * 3
    assert color(dsync) == "White"
    assert Delivery.objects.filter(method="PUT").count() == 3


def test_create_delete_create_in_one_process_ends_alive(dsync: Dsync) -> None:
    for _ in range(2):
        assert result(dsync.post("product", {"sku": "a"}, Process_Id="1")) == (201, None)
        assert result(dsync.delete("product", "a", Process_Id="1")) == (200, None)
    assert result(dsync.post("product", {"sku": "a"}, Process_Id="1")) == (201, None)
    assert dsync.item("product", sku="a")


def test_a_write_of_another_process_ends_a_repeat(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    for process_id in ("1", "2", "1"):
        paint(dsync, "White", process_id)
    assert Delivery.objects.filter(method="PUT").count() == 3


def test_a_write_of_another_client_ends_a_repeat(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    paint(dsync, "White")
    paint(stranger, "Black", None)
    paint(dsync, "White")
    assert color(dsync) == "White"


def test_a_write_to_another_record_does_not_end_a_repeat(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    dsync.post("product", {"sku": "b"}, Process_Id="1")
    dsync.post("order", {"order_id": "a"}, Process_Id="1")
    assert result(dsync.post("product", {"sku": "a"}, Process_Id="1")) == (201, None)
    assert Delivery.objects.count() == 3


def test_a_rejected_write_does_not_end_a_repeat(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert dsync.post("product", {"sku": "a", "color": "x"}).status_code == 409
    assert dsync.put("product", "a", {"price": "x"}).status_code == 400
    assert result(dsync.post("product", {"sku": "a"}, Process_Id="1")) == (201, None)


@pytest.mark.parametrize("process_id", [None, ""])
def test_without_a_process_id_nothing_is_a_repeat(dsync: Dsync, process_id: str | None) -> None:
    answers = [dsync.post("product", {"sku": "a"}, Process_Id=process_id) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]


@pytest.mark.parametrize(
    ("body", "process_id"),
    [(b'{"sku": "a"} ', "1"), (b'{"sku": "a", "color": "x"}', "1"), (b'{"sku": "a"}', "2"), (b'{"sku": "a"}', None)],
    ids=["other bytes", "other body", "other process", "no process"],
)
def test_whatever_differs_is_no_repeat(dsync: Dsync, body: bytes, process_id: str | None) -> None:
    dsync.post("product", b'{"sku": "a"}', Process_Id="1")
    assert dsync.post("product", body, Process_Id=process_id).status_code == 409


def test_another_method_is_no_repeat(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert result(dsync.put("product", None, {"sku": "a"}, Process_Id="1")) == (200, None)
    assert Delivery.objects.count() == 2


def test_another_entity_is_no_repeat(dsync: Dsync) -> None:
    body = {"partner": "p", "principal": "1", "name": "N"}
    assert dsync.post("company", body, Process_Id="1").status_code == 201
    assert dsync.post("physical_location", body, Process_Id="1").status_code == 201
    assert Delivery.objects.count() == 2


def test_another_record_by_the_header_is_no_repeat(dsync: Dsync) -> None:
    for key in ("a", "b"):
        dsync.post("product", {"sku": key})
        dsync.put("product", key, b'{"color": "White"}', Process_Id="1")
    assert dsync.item("product", sku="b", color="White")


def test_a_repeat_by_another_token_of_the_client_is_one(dsync: Dsync, twin: Dsync) -> None:
    assert [result(side.post("product", {"sku": "a"}, Process_Id="1")) for side in (dsync, twin)] == [(201, None)] * 2
    assert Delivery.objects.count() == 1


def test_the_same_of_another_client_is_no_repeat(dsync: Dsync, stranger: Dsync) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    assert stranger.post("product", {"sku": "a"}, Process_Id="1").status_code == 409


def test_a_conflict_is_not_remembered(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert dsync.post("product", {"sku": "a"}, Process_Id="1").status_code == 409
    dsync.delete("product", "a")
    assert dsync.post("product", {"sku": "a"}, Process_Id="1").status_code == 201


def test_a_bad_request_is_not_remembered(dsync: Dsync) -> None:
    assert paint(dsync, "White")[0] == 400
    dsync.post("product", {"sku": "a"})
    assert paint(dsync, "White")[0] == 200
    assert color(dsync) == "White"


def test_a_failure_is_not_remembered(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sync.accepting.intake.store.create", lambda *_: 1 / 0)
        assert dsync.post("product", {"sku": "a"}, Process_Id="1").status_code == 500
    assert dsync.post("product", {"sku": "a"}, Process_Id="1").status_code == 201


@pytest.mark.parametrize(("hours", "status"), [(23.9, 201), (24.1, 409)])
def test_a_repeat_is_one_for_24_hours(dsync: Dsync, hours: float, status: int) -> None:
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    age(hours)
    assert dsync.post("product", {"sku": "a"}, Process_Id="1").status_code == status


def test_the_window_of_repeats_can_be_set(dsync: Dsync, settings: Settings) -> None:
    settings.CONNECTOR_REPEAT_HOURS = 1
    dsync.post("product", {"sku": "a"}, Process_Id="1")
    age(1.1)
    assert faults(dsync.post("product", {"sku": "a"}, Process_Id="1")) == [("product.sku", "already_exists")]
