"""201, 200 or 202: which writes are applied at once, which are accepted for later, and what a repeat gets."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from entities.schema import schemas
from sync.delivery import modes
from sync.models import Delivery, Gauge, Lane, Switch
from sync.models.delivery import State
from sync.models.switch import SwitchedMode
from sync.watching import backlog
from tests.conftest import Dsync
from tests.contract.answers import faults
from tests.sync.writes import DATABASE, accept, prices, product, run, side_by_side, states, write

pytestmark = DATABASE
ASYNC = {"Prefer": "respond-async"}
APPLIED, REJECTED = State.APPLIED, State.REJECTED


def switch(mode: str, entity: str = "product") -> None:
    Switch.objects.update_or_create(entity=entity, defaults={"mode": mode})
    modes.forget_switches()


@pytest.mark.parametrize("prefer", ["respond-async", "a=1, Respond-Async", "respond-async; wait=10", "x,respond-async"])
def test_write_is_accepted_for_later_when_the_sender_prefers_it(dsync: Dsync, prefer: str) -> None:
    answer = dsync.post("product", {"sku": "a"}, Prefer=prefer)
    assert (answer.status_code, states(), product("a")) == (202, [State.ACCEPTED], None)


@pytest.mark.parametrize("prefer", ["", "respond-sync", "respond-asynchronous", "wait=respond-async"])
def test_write_is_applied_at_once_when_another_preference_is_named(dsync: Dsync, prefer: str) -> None:
    assert dsync.post("product", {"sku": "a"}, Prefer=prefer).status_code == 201


def test_202_tells_the_delivery_and_its_address(dsync: Dsync) -> None:
    answer = dsync.post("product", {"sku": "a"}, **ASYNC)
    number = Delivery.objects.get().pk
    assert answer.json() == {"status": 202, "message": "Accepted", "detail": {"delivery": number}, "data": {}}
    assert answer["Location"] == f"/delivery/{number}"
    assert dsync.send("GET", answer["Location"]).json()["data"]["state"] == "accepted"


def test_entity_is_deferred_when_its_model_says_so(policy: Any, dsync: Dsync) -> None:
    policy("product", mode="deferred")
    assert dsync.post("product", {"sku": "a"}).status_code == 202


@pytest.mark.parametrize(
    ("declared", "mode", "status"),
    [("deferred", "inline", 201), ("inline", "deferred", 202), ("inline", "refuse", 503)],
)
def test_switch_overrides_the_model(policy: Any, dsync: Dsync, declared: str, mode: str, status: int) -> None:
    policy("product", mode=declared)
    switch(mode)
    assert dsync.post("product", {"sku": "a"}).status_code == status


@pytest.mark.parametrize("headers", [{}, ASYNC], ids=["inline", "async"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_refusing_entity_stores_nothing_and_says_when_to_come_again(dsync: Dsync, method: str, headers: Any) -> None:
    switch(SwitchedMode.REFUSE)
    answer = dsync.write(method, "product", {"sku": "a", "price": "wrong"}, Entity_Id="a", **headers)
    assert (answer.status_code, answer["Retry-After"], states()) == (503, "5", [])


def test_refusing_entity_can_be_read(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    switch(SwitchedMode.REFUSE)
    assert dsync.item("product", sku="a")
    assert dsync.post("company", {"partner": "p", "principal": "c", "name": "n"}).status_code == 201


@pytest.mark.parametrize("state", [State.ACCEPTED, State.RETRYING, State.HELD, State.DEAD])
def test_write_waits_behind_an_unapplied_one_of_its_record(dsync: Dsync, state: str) -> None:
    first = accept("POST", "a")
    Delivery.objects.filter(pk=first.pk).update(state=state, runnable_at=None)
    assert dsync.put("product", "a", {"price": 1}).status_code == 202
    assert dsync.post("product", {"sku": "b"}).status_code == 201


@pytest.mark.parametrize("state", [State.REJECTED, State.SKIPPED])
def test_write_does_not_wait_behind_one_that_is_done_without_effect(dsync: Dsync, state: str) -> None:
    first = accept("POST", "a")
    Delivery.objects.filter(pk=first.pk).update(state=state, runnable_at=None, finished_at=first.accepted_at)
    assert dsync.post("product", {"sku": "a"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "body", "headers", "expected"),
    [
        ("POST", b"{", {}, [("product", "invalid_json")]),
        ("POST", {"price": 1}, {}, [("product.sku", "required")]),
        ("POST", {"sku": "a", "price": "x", "name": 1}, {}, [("product.price", "invalid_number"), ("product.name", "invalid_text")]),
        ("PUT", {"sku": "b"}, {}, [("product.sku", "key_mismatch")]),
        ("PUT", {"price": 1}, {"Entity_Id": None}, [("product.sku", "required")]),
        ("DELETE", None, {"Entity_Id": None}, [("Entity-Id", "required")]),
        ("POST", {"sku": "a"}, {"Entity_Token": "no"}, [("Entity-Token", "unknown_entity_token")]),
        ("POST", {"sku": "a"}, {"Process_Id": "x" * 129}, [("Process-Id", "too_long")]),
    ],
)  # fmt: skip
def test_what_the_request_alone_tells_is_judged_before_the_202(
    dsync: Dsync, method: str, body: Any, headers: Any, expected: Any
) -> None:
    answer = dsync.write(method, "product", body, **{"Entity_Id": "a", **ASYNC, **headers})
    assert answer.status_code == 400
    assert sorted(faults(answer)) == sorted(expected)
    assert states() == [REJECTED]


def test_missing_required_fields_of_a_create_are_judged_before_the_202(dsync: Dsync) -> None:
    answer = dsync.post("company", {"partner": "p", "principal": "c"}, **ASYNC)
    assert faults(answer) == [("company.name", "required")]


def test_entity_table_is_not_looked_at_before_the_202() -> None:
    with CaptureQueriesContext(connection) as queries:
        accept("POST", "a")
    assert not any(schemas()["product"].table in query["sql"] for query in queries)


@pytest.mark.parametrize(
    ("method", "code"), [("POST", "already_exists"), ("PUT", "not_found")], ids=["conflict", "not found"]
)
def test_what_the_record_stands_against_ends_as_rejected(dsync: Dsync, method: str, code: str) -> None:
    key = "a" if method == "POST" else "b"
    dsync.post("product", {"sku": "a"})
    answer = dsync.write(method, "product", {"sku": key}, Entity_Id=key, **ASYNC)
    assert answer.status_code == 202
    run()
    told = dsync.send("GET", answer["Location"]).json()["data"]
    assert (told["state"], told["outcome"], [error["code"] for error in told["errors"]]) == (REJECTED, None, [code])


def test_delivery_and_process_tell_every_state_and_the_counts_add_up(dsync: Dsync) -> None:
    numbers = {}
    for state in State.values:
        answer = dsync.post("product", {"sku": state}, Process_Id="p", **ASYNC)
        numbers[state] = answer.json()["detail"]["delivery"]
        outcome = "created" if state == APPLIED else None
        done = Delivery.objects.get(pk=numbers[state]).accepted_at if state in {APPLIED, REJECTED, "skipped"} else None
        Delivery.objects.filter(pk=numbers[state]).update(
            state=state, outcome=outcome, finished_at=done, runnable_at=None
        )
        assert dsync.send("GET", f"/delivery/{numbers[state]}").json()["data"]["state"] == state
    told = dsync.send("GET", "/process/p").json()["data"]
    assert told["counts"] == {"received": 7, "applied": 1, "rejected": 1, "dead": 1, "skipped": 1, "pending": 3}
    assert [row["state"] for row in told["deliveries"]] == State.values


def test_delivery_of_another_client_is_not_there(dsync: Dsync, stranger: Dsync) -> None:
    answer = dsync.post("product", {"sku": "a"}, Process_Id="p", **ASYNC)
    assert stranger.send("GET", answer["Location"]).status_code == 404
    assert stranger.send("GET", "/process/p").status_code == 404


# Repeats


@pytest.mark.parametrize("identity", [{"Process_Id": "p"}, {"Idempotency_Key": "k"}], ids=["process", "key"])
@pytest.mark.parametrize("fate", ["waits", "applied", "dead", "retrying"])
@pytest.mark.parametrize("headers", [ASYNC, {}], ids=["async", "inline"])
def test_repeat_of_a_202_gets_the_same_202(dsync: Dsync, fate: str, headers: Any, identity: Any) -> None:
    first = dsync.post("product", {"sku": "a"}, **ASYNC, **identity)
    delivery = Delivery.objects.get()
    if fate == "applied":
        run()
    if fate == "dead":
        delivery.bury("test")
    if fate == "retrying":
        delivery.retry_later("test")
    again = dsync.post("product", {"sku": "a"}, **headers, **identity)
    assert (again.status_code, again.content, again["Location"]) == (202, first.content, first["Location"])
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("identity", [{"Process_Id": "p"}, {"Idempotency_Key": "k"}], ids=["process", "key"])
@pytest.mark.parametrize("fate", [REJECTED, State.SKIPPED])
def test_repeat_of_a_202_runs_anew_when_the_first_had_no_effect(dsync: Dsync, fate: str, identity: Any) -> None:
    first = accept("POST", "a")
    dsync.post("product", {"sku": "a"}, **ASYNC, **identity)
    if fate == REJECTED:
        run()
    else:
        second = Delivery.objects.last()
        Delivery.objects.filter(pk=second.pk).update(state=fate, finished_at=second.accepted_at, runnable_at=None)
    dsync.post("product", {"sku": "a"}, **ASYNC, **identity)
    assert Delivery.objects.exclude(pk=first.pk).count() == 2


def test_repeat_of_a_201_gets_the_201_when_it_asks_for_a_202(dsync: Dsync) -> None:
    first = dsync.post("product", {"sku": "a"}, Process_Id="p")
    again = dsync.post("product", {"sku": "a"}, Process_Id="p", **ASYNC)
    assert (again.status_code, again.content) == (201, first.content)


def test_same_write_is_no_repeat_when_a_newer_one_of_its_record_waits(dsync: Dsync) -> None:
    for price in (1, 2, 1):
        dsync.post("product", {"sku": "a"})
        assert dsync.put("product", "a", {"price": price}, Process_Id="p", **ASYNC).status_code == 202
    run()
    assert prices("a") == [1]
    assert states(method="PUT") == [APPLIED] * 3


def test_same_write_of_another_client_is_no_repeat(dsync: Dsync, stranger: Dsync) -> None:
    for client in (dsync, stranger):
        client.put("product", "a", {"price": 1}, Process_Id="p", **ASYNC)
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(("method", "status"), [("POST", 409), ("PUT", 400), ("DELETE", 400)])
def test_other_request_under_the_key_of_a_202_is_refused(dsync: Dsync, method: str, status: int) -> None:
    dsync.post("product", {"sku": "a"}, Idempotency_Key="k", **ASYNC)
    answer = dsync.write(method, "product", {"sku": "b"}, Entity_Id="b", Idempotency_Key="k", **ASYNC)
    assert (answer.status_code, faults(answer)) == (status, [("Idempotency-Key", "idempotency_mismatch")])


def test_twins_in_flight_are_one_delivery_and_both_get_it() -> None:
    twin = lambda: write("POST", "a", process_id="p")  # noqa: E731 (one line says it)
    answers = side_by_side(*[twin] * 8)
    assert len({answer.detail["delivery"] for answer in answers}) == 1
    assert states() == [State.ACCEPTED]


# Backpressure


def fill(size: int) -> None:
    Gauge.objects.update_or_create(name=backlog.NAME, defaults={"value": size})
    backlog.forget_size()


@override_settings(CONNECTOR_BACKLOG=2)
def test_deferred_write_is_refused_when_the_backlog_is_full(dsync: Dsync) -> None:
    fill(2)
    answer = dsync.post("product", {"sku": "a"}, **ASYNC)
    assert (answer.status_code, answer["Retry-After"], states()) == (503, "5", [])
    fill(1)
    assert dsync.post("product", {"sku": "a"}, **ASYNC).status_code == 202


@override_settings(CONNECTOR_BACKLOG=1)
def test_inline_write_passes_a_full_backlog_unless_its_record_has_one(dsync: Dsync) -> None:
    accept("POST", "a")
    backlog.measure()
    backlog.forget_size()
    assert dsync.post("product", {"sku": "b"}).status_code == 201
    assert dsync.put("product", "a", {"price": 1}).status_code == 503
    assert states() == [State.ACCEPTED, APPLIED]


@override_settings(CONNECTOR_BACKLOG=1)
def test_repeat_of_a_202_gets_it_when_the_backlog_is_full(dsync: Dsync) -> None:
    first = dsync.post("product", {"sku": "a"}, Process_Id="p", **ASYNC)
    fill(1)
    again = dsync.post("product", {"sku": "a"}, Process_Id="p", **ASYNC)
    assert (again.status_code, again.content) == (202, first.content)


@override_settings(CONNECTOR_BACKLOG=3)
def test_backlog_counts_what_workers_have_to_do_a_little_past_the_limit() -> None:
    for number in range(6):
        accept("POST", str(number))
    Delivery.objects.earliest("pk").bury("test")
    backlog.measure()
    backlog.forget_size()
    assert backlog.size() == 4


# Side by side with a runner


def test_write_is_accepted_at_once_and_in_order_while_a_runner_holds_the_lane(dsync: Dsync) -> None:
    first = accept("POST", "a", {"price": 1})
    held, go = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Lane.objects.select_for_update().get(pk=first.lane)
            held.set()
            go.wait(20)

    def send() -> Any:
        held.wait(20)
        answer = write("PUT", "a", {"price": 2}, is_async=False)
        go.set()
        return answer.status

    assert side_by_side(hold, send) == [None, 202]
    run()
    assert [d.previous for d in Delivery.objects.order_by("pk")] == [None, {"price": 1}]


def test_write_that_meets_a_batch_before_its_commit_is_applied_after_it(receive: Any) -> None:
    accept("POST", "a", {"price": 1})
    during: list[Any] = []

    @receive
    def while_applied(**_: Any) -> None:
        if not during:
            during.extend(side_by_side(lambda: write("PUT", "a", {"price": 2}, is_async=False).status))

    run()
    assert (during, states(), prices("a")) == ([202], [APPLIED, APPLIED], [2])


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        ({"key": "a"}, {"key": "a"}, True),
        ({"key": "a"}, {"key": "b"}, False),
        ({"key": "a", "idempotency_key": "k"}, {"key": "b", "idempotency_key": "k"}, True),
        ({"key": "a", "idempotency_key": "k"}, {"key": "b", "idempotency_key": "l"}, False),
    ],
    ids=["one record", "two records", "one key", "two keys"],
)
def test_write_takes_its_number_after_the_commit_of_the_one_before(first: Any, second: Any, *, waits: bool) -> None:
    inside, done = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            write("POST", **first)
            inside.set()
            done.wait(20)

    def impatient() -> bool:
        inside.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        try:
            write("POST", **second)
        except OperationalError as exc:
            return "LockNotAvailable" in repr(exc.__cause__)
        finally:
            done.set()
        return False

    assert side_by_side(slow, impatient) == [None, waits]


def test_idempotency_key_is_locked_whatever_the_record() -> None:
    answers = side_by_side(*[lambda n=n: write("POST", f"a{n}", idempotency_key="k") for n in range(6)])
    assert sorted(answer.status for answer in answers) == [202, 409, 409, 409, 409, 409]


def test_wake_up_is_asked_for_after_the_commit_only(sent: list[str]) -> None:
    with transaction.atomic():
        write("POST", "a")
        assert sent == []
    assert sent == ["workers"]
