"""The usual change in one round trip: it leaves what the long way leaves, and takes it where something is in the way."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections

from connector.edge.errors import BadRequest
from entities.entity import OnUnknown
from entities.models import Product
from entities.schema import schemas
from sync.accepting import intake, settling
from sync.models import Delivery
from sync.models.delivery import State
from tests.conftest import example
from tests.sync.accepting.test_at_once import NAMED, rows, ways
from tests.sync.writes import DATABASE, accept, at_one_moment, run, states, wait_until, write

pytestmark = DATABASE
put = partial(write, "PUT", is_async=False)
PUBLISHED = json.loads(example("create.request"))
BODIES = {
    "a text": {"color": "White"},
    "numbers": {"price": 12.50, "weight": 1},
    "nothing instead": {"name": None, "categories": None},
    "a group": {"inventory": {"qty": 7}},
    "lists": {"categories": ["x", "Ö"], "images": []},
    "all of it": PUBLISHED,
    "an unknown name": {"color": "White", "unknown": {"deep": [1.0]}},
}


def left_by(body: dict[str, Any], **more: Any) -> list[Any]:
    """Return the answer, records and deliveries that one change leaves, and remove them."""
    write("POST", "x", {**PUBLISHED, "sku": "x"}, is_async=False)
    answer = put("x", {**body, "sku": "x"}, **more)
    left = [getattr(answer, "status", answer), rows(Product), rows(Delivery)]
    Product.objects.all().delete()
    Delivery.objects.all().delete()
    return left


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("unknown", list(OnUnknown), ids=str)
def test_change_at_once_leaves_what_the_long_way_leaves(
    monkeypatch: pytest.MonkeyPatch, policy: Any, body: dict[str, Any], unknown: OnUnknown
) -> None:
    policy("product", on_unknown=unknown)
    at_once_left = left_by(body, **NAMED)
    monkeypatch.setattr(intake, "settle_at_once", lambda *_, **__: None)
    assert at_once_left == left_by(body, **NAMED)


def test_usual_change_does_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    write("POST", "a", is_async=False)
    taken = ways(monkeypatch)
    assert getattr(put("a", {"name": "x"}), "status", None) == 200
    assert (taken, Product.objects.get().name) == ([], "x")


@pytest.mark.parametrize("method", [None, "DELETE"], ids=["never there", "deleted"])
def test_change_of_no_record_is_rejected(method: str | None) -> None:
    if method:
        write("POST", "a", is_async=False)
        write(method, "a", is_async=False)
    assert isinstance(put("a", {"name": "x"}), BadRequest)
    assert Delivery.objects.latest("pk").state == State.REJECTED


def test_repeat_of_a_change_is_answered_as_before_and_stored_once() -> None:
    write("POST", "a", is_async=False)
    first, second = (put("a", {"name": "x"}, **NAMED) for _ in range(2))
    assert (first, len(states())) == (second, 2)


def test_change_waits_behind_work_of_its_record() -> None:
    write("POST", "a", is_async=False)
    accept("PUT", "a", {"name": "x"})
    assert getattr(put("a", {"name": "y"}), "status", None) == 202
    run()
    assert Product.objects.get().name == "y"


def together(*asked: tuple[str, dict[str, Any]]) -> list[int]:
    """Send changes of the same columns while another one is under way; return their statuses."""
    group = settling.updating(schemas()["product"], tuple(sorted(asked[0][1])))
    answers = at_one_moment(group, *(partial(put, key, body, **NAMED) for key, body in asked))
    return [answer.status for answer in answers]


def test_changes_of_one_moment_are_each_stored_with_their_own() -> None:
    keys = [f"{number}é" for number in range(8)]
    for key in keys:
        write("POST", key, {"name": key}, is_async=False)
    assert set(together(*((key, {"name": key * 2, "price": len(key)}) for key in keys))) == {200}
    assert dict(Product.objects.values_list("sku", "name")) == {key: key * 2 for key in keys}
    for delivery in Delivery.objects.filter(method="PUT"):
        assert delivery.previous == {"name": delivery.record_key, "price": None}
        assert Product.objects.get(sku=delivery.record_key).last_delivery == delivery.pk


def test_row_that_is_locked_holds_up_no_other_of_its_moment() -> None:
    for key in "ab":
        write("POST", key, is_async=False)
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT FROM entities_product WHERE sku = 'a' FOR UPDATE")
        sent = threads.submit(together, ("a", {"name": "x"}), ("b", {"name": "x"}))
        wait_until(lambda: states(record_key="b", method="PUT"))
        assert states(record_key="a", method="PUT") == []
        other.execute("ROLLBACK")
        assert sent.result() == [200, 200]
