from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connector.edge.digests import digest_of
from sync.delivery.write import Write, lock_number
from sync.models.delivery import Method

WRITE = Write(client_id=1, entity="product", method=Method.POST, body=b"{}", process_id="1")


def test_digest_is_the_same_for_a_repeat() -> None:
    assert WRITE.digest("a") == replace(WRITE).digest("a")


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": 2},
        {"entity": "order"},
        {"method": Method.PUT},
        {"body": b"{} "},
        {"process_id": "2"},
        {"process_id": ""},
        {"client_id": 11, "process_id": ""},
    ],
    ids=str,
)
def test_digest_differs_where_anything_does(changed: dict[str, object]) -> None:
    assert WRITE.digest("a") != replace(WRITE, **changed).digest("a")


def test_digest_differs_by_record() -> None:
    assert WRITE.digest("a") != WRITE.digest("b")


def test_digest_leaves_the_process_out_under_an_idempotency_key() -> None:
    first, second = (replace(WRITE, idempotency_key="k", process_id=process_id) for process_id in ("1", "2"))
    assert first.digest("a") == second.digest("a")


@pytest.mark.parametrize(
    ("process_id", "idempotency_key", "may"), [("", "", False), ("1", "", True), ("", "k", True), ("1", "k", True)]
)
def test_only_what_is_named_may_repeat(process_id: str, idempotency_key: str, *, may: bool) -> None:
    assert replace(WRITE, process_id=process_id, idempotency_key=idempotency_key).may_repeat is may


@given(st.lists(st.binary()), st.lists(st.binary()))
def test_different_lists_have_different_digests(one: list[bytes], other: list[bytes]) -> None:
    assert (digest_of(*one) == digest_of(*other)) == (one == other)


@given(st.text(), st.text())
def test_lock_numbers_fit_into_a_bigint(entity: str, key: str) -> None:
    assert -(2**63) <= lock_number(entity, key) < 2**63
