"""The usual write in one round trip: it leaves what the long way leaves, and takes it where something is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec
import pytest
from django.db import OperationalError, connection, connections, transaction

from connector.edge.errors import BadRequest, Conflict
from entities.models import Product
from entities.schema import schemas
from sync.accepting import at_once, intake, settling
from sync.accepting.answers import Answer
from sync.delivery.write import lock_number
from sync.models import Delivery
from sync.models.delivery import State
from sync.watching import backlog
from tests.conftest import example
from tests.sync.writes import DATABASE, accept, at_one_moment, run, states, wait_until, write

pytestmark = DATABASE
OWN = {"id", "created_at", "updated_at", "accepted_at", "finished_at", "runnable_at", "last_delivery", "changed_in"}
NAMED = {"process_id": "p"}
KEYED = {"idempotency_key": "k"}


def rows(model: Any) -> list[dict[str, Any]]:
    """Return all rows without their numbers and times."""
    return [
        {name: value for name, value in row.items() if name not in OWN} for row in model.objects.order_by("pk").values()
    ]


def left_by(*, is_async: bool, **more: Any) -> list[Any]:
    """Return the answer, records and deliveries that one write leaves, and remove them."""
    answer = write("POST", "x", example("create.request"), is_async=is_async, **more)
    assert isinstance(answer, Answer)
    left = [answer.status, answer.data, rows(Product), rows(Delivery)]
    Product.objects.all().delete()
    Delivery.objects.all().delete()
    return left


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
@pytest.mark.parametrize("more", [{}, NAMED, KEYED], ids=["plain", "process", "idempotency key"])
def test_write_at_once_leaves_what_the_long_way_leaves(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], *, is_async: bool
) -> None:
    at_once_left = left_by(is_async=is_async, **more)
    monkeypatch.setattr(intake, "settle_at_once", lambda *_, **__: None)
    assert at_once_left == left_by(is_async=is_async, **more)


def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect which writes go the long way."""
    taken: list[str] = []
    settle = intake.settle
    monkeypatch.setattr(intake, "settle", lambda *args, **more: taken.append("long") or settle(*args, **more))
    return taken


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
def test_usual_write_does_not_go_the_long_way(monkeypatch: pytest.MonkeyPatch, *, is_async: bool) -> None:
    taken = ways(monkeypatch)
    write("POST", "a", is_async=is_async, **NAMED)
    write("POST", "b", is_async=is_async, **NAMED)
    assert (taken, len(states())) == ([], 2)


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
def test_large_write_keeps_nobody_company(monkeypatch: pytest.MonkeyPatch, *, is_async: bool) -> None:
    taken = ways(monkeypatch)
    write("POST", "a", {"unknown": "x" * at_once.SMALL}, is_async=is_async)
    assert (taken, len(states())) == (["long"], 1)


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
@pytest.mark.parametrize("more", [NAMED, KEYED], ids=["process", "idempotency key"])
def test_repeat_is_answered_as_before_and_stored_once(more: dict[str, Any], *, is_async: bool) -> None:
    first, second = (write("POST", "a", is_async=is_async, **more) for _ in range(2))
    assert (first, len(states())) == (second, 1)


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
def test_idempotency_key_of_another_write_is_refused(*, is_async: bool) -> None:
    write("POST", "a", is_async=is_async, **KEYED)
    assert isinstance(write("POST", "b", is_async=is_async, **KEYED), Conflict)
    assert states(record_key="b") == [State.REJECTED]


def test_create_waits_behind_work_of_its_record() -> None:
    accept("DELETE", "a")
    answer = write("POST", "a", is_async=False)
    assert getattr(answer, "status", None) == 202
    run()
    assert states() == [State.APPLIED] * 2


def test_create_of_a_living_key_is_a_conflict_and_of_a_deleted_one_a_revival() -> None:
    write("POST", "a", {"price": 1}, is_async=False)
    assert isinstance(write("POST", "a", {"price": 2}, is_async=False), Conflict)
    write("DELETE", "a", is_async=False)
    assert getattr(write("POST", "a", {"name": "x"}, is_async=False), "status", None) == 201
    (record,) = Product.objects.all()
    assert (record.price, record.name, record.deleted_at) == (None, "x", None)
    assert record.last_delivery == Delivery.objects.latest("pk").pk


def test_what_the_database_refuses_is_rejected_and_leaves_a_connection_that_works() -> None:
    long = {"name": "x"}
    assert isinstance(write("POST", "a" * 3000, long, is_async=False), BadRequest)
    assert getattr(write("POST", "a", is_async=False), "status", None) == 201
    assert connection.in_atomic_block is False


def test_full_backlog_refuses_the_new_and_answers_the_repeat(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write("POST", "a", **NAMED)
    monkeypatch.setattr(backlog, "size", lambda: settings.CONNECTOR_BACKLOG)
    assert write("POST", "a", **NAMED) == first
    assert getattr(write("POST", "b", **NAMED), "status", None) == 503


def together(*asked: tuple[str, dict[str, Any]], is_async: bool) -> list[int]:
    """Send creates while another one of the same process is under way; return their statuses."""
    group = at_once.accepting if is_async else settling.creating(schemas()["product"])
    send = partial(write, "POST", is_async=is_async, **NAMED)
    answers = at_one_moment(group, *(partial(send, key, body) for key, body in asked))
    return [answer.status for answer in answers]


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
def test_writes_of_one_moment_are_each_stored_with_their_own(*, is_async: bool) -> None:
    keys = [f"{number}é" for number in range(8)]
    statuses = together(
        *((key, {"name": key * 3, "wrong": number}) for number, key in enumerate(keys)), is_async=is_async
    )
    run()
    assert set(statuses) == {202 if is_async else 201}
    assert dict(Product.objects.values_list("sku", "name")) == {key: key * 3 for key in keys}
    for delivery in Delivery.objects.all():
        assert msgspec.json.decode(delivery.body)["sku"] == delivery.record_key
        assert (delivery.ignored, delivery.body_size) == (["wrong"], len(delivery.body))
        assert Product.objects.get(sku=delivery.record_key).last_delivery == delivery.pk


@pytest.fixture
def _no_x() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entities_product ADD CONSTRAINT no_x CHECK (name <> 'x')")
        yield
        cursor.execute("ALTER TABLE entities_product DROP CONSTRAINT no_x")


@pytest.mark.usefixtures("_no_x")
def test_one_that_the_database_refuses_spoils_none_of_its_moment() -> None:
    assert together(("a", {}), ("x", {"name": "x"}), ("b", {}), is_async=False) == [201, 400, 201]
    assert set(Product.objects.values_list("sku", flat=True)) == {"a", "b"}


@pytest.mark.parametrize("is_async", [False, True], ids=["create", "accept"])
def test_locked_record_holds_up_no_other_of_its_moment(*, is_async: bool) -> None:
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("product", "a")])
        sent = threads.submit(together, ("a", {}), ("b", {}), is_async=is_async)
        wait_until(lambda: states(record_key="b"))
        assert states(record_key="a") == []
        other.execute("ROLLBACK")
        assert len(set(sent.result())) == 1


@pytest.mark.parametrize("before", range(4))
def test_wait_for_a_lock_that_is_too_long_spoils_no_write_after_it(before: int) -> None:
    for number in range(before):  # Up to the one that would be prepared, and one more.
        write("POST", str(number), is_async=False)
    with connections["autonomous"].cursor() as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("product", "a")])
        with pytest.raises(OperationalError):
            write("POST", "a", is_async=False)
        other.execute("ROLLBACK")
    assert getattr(write("POST", "b", is_async=False), "status", None) == 201


def test_row_that_is_locked_holds_up_no_create_of_its_moment_for_long() -> None:
    write("POST", "a", is_async=False)
    with connections["autonomous"].cursor() as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT FROM entities_product WHERE sku = 'a' FOR UPDATE")
        sent = threads.submit(together, ("a", {}), ("b", {}), is_async=False)
        wait_until(lambda: states(record_key="b"))
        other.execute("ROLLBACK")
        assert sent.result() == [409, 201]


def test_usual_write_goes_on_at_once_after_a_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    write("POST", "a", is_async=False)
    with transaction.atomic():
        Product.objects.exists()
        transaction.set_rollback(True)
    Product.objects.exists()
    taken = ways(monkeypatch)
    assert getattr(write("POST", "b", is_async=False), "status", None) == 201
    assert taken == []
