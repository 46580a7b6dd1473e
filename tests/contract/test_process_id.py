"""`Process-Id`: optional, at most 128 printable characters."""

from __future__ import annotations

import pytest

from sync.models import Delivery
from tests.conftest import Dsync
from tests.contract.answers import faults


@pytest.mark.parametrize("process_id", ["123456", "x" * 128, "Prozeß 1", "a/b", "0"])
def test_process_id_is_stored_with_the_delivery(dsync: Dsync, process_id: str) -> None:
    assert dsync.post("product", {"sku": "a"}, Process_Id=process_id).status_code == 201
    assert Delivery.objects.get().process_id == process_id


@pytest.mark.parametrize("process_id", [None, ""], ids=["absent", "empty"])
def test_process_id_may_be_left_out(dsync: Dsync, process_id: str | None) -> None:
    assert dsync.post("product", {"sku": "a"}, Process_Id=process_id).status_code == 201
    assert Delivery.objects.get().process_id == ""


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        ("x" * 129, "too_long"),
        ("a\x01", "invalid_character"),
        ("a\u200b", "invalid_character"),
        (b"\xff", "invalid_encoding"),
    ],
    ids=["129 characters", "control", "zero width", "not UTF-8"],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_process_id_that_is_not_one_is_a_fault(dsync: Dsync, method: str, wire: str | bytes, code: str) -> None:
    answer = dsync.write(method, "product", {"sku": "a"}, Entity_Id="a", Process_Id=wire)
    assert faults(answer) == [("Process-Id", code)]
