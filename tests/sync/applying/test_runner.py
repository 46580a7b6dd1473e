"""Batches that fail, split, are tried again, crash, and run side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection, connections

from connector.edge.errors import Fault
from entities.schema import schemas
from sync.applying import lanes, runner
from sync.models import Attempt, Delivery, Lane
from sync.models.delivery import State
from sync.work import retry
from tests.sync.writes import DATABASE, SALE, accept, make_due, prices, product, run, side_by_side, states

pytestmark = DATABASE
APPLIED, RETRYING, DEAD, REJECTED = State.APPLIED, State.RETRYING, State.DEAD, State.REJECTED
ROOT = Path(__file__).parents[3]


def raising(*keys: str, error: type[Exception] = LookupError) -> Any:
    def receiver(delivery: Delivery, **_: Any) -> None:
        if delivery.record_key in keys:
            raise error("secret")

    return receiver


def executing(sql: str) -> Any:
    """Return a receiver that has the database do something for the record "b"."""

    def receiver(delivery: Delivery, **_: Any) -> None:
        if delivery.record_key == "b":
            with connection.cursor() as cursor:
                cursor.execute(sql)

    return receiver


def pass_time_until_dead() -> None:
    for _ in range(retry.TRIES):
        run()
        make_due()


# Batches that fail


def test_poison_alone_fails_and_its_batch_is_applied_in_the_same_run(receive: Any) -> None:
    receive(raising("17"))
    for number in range(40):
        accept("POST", str(number))
    assert runner.run_batch() is not None
    run()
    assert Counter(states()) == {APPLIED: 39, RETRYING: 1}
    assert product("17") is None


def test_poison_of_one_entity_leaves_others_alone(receive: Any) -> None:
    receive(raising("a"))
    accept("POST", "a")
    accept("POST", "p", {**SALE}, entity="partner_sale")
    run()
    assert states() == [RETRYING, APPLIED]


def test_row_that_breaks_a_rule_of_the_database_is_rejected_alone() -> None:
    for number in range(6):
        body = {**SALE, "partner": str(number), **({"partnerSkuCode": None} if number == 3 else {})}
        accept("POST", "", body, entity="partner_sale")
    run()
    assert states() == [*[APPLIED] * 3, REJECTED, *[APPLIED] * 2]
    (error,) = Delivery.objects.get(state=REJECTED).errors
    assert error["message"] == "partnerSkuCode, or skuCodeKey with skuCode, is required."


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("1/0", REJECTED),  # division by zero stands for whatever a value does to the database: DataError
        ("repeat('x', 1000)::varchar(5)::int", REJECTED),
        ("pg_input_error()", RETRYING),  # no such function: ProgrammingError
    ],
)
def test_what_the_database_says_of_one_row_decides_its_fate(receive: Any, sql: str, state: str) -> None:
    receive(executing(f"SELECT {sql}"))
    for key in "abc":
        accept("POST", key)
    run()
    assert states() == [APPLIED, state, APPLIED]


def test_failed_delivery_is_tried_again_and_dead_in_the_end_with_its_reason(receive: Any) -> None:
    receive(raising("a"))
    accept("POST", "a")
    pass_time_until_dead()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason, delivery.tries) == (DEAD, "LookupError", retry.TRIES - 1)


def test_failed_delivery_is_not_taken_before_its_time(receive: Any) -> None:
    receive(raising("a"))
    accept("POST", "a")
    run()
    assert runner.run_batch() is None
    assert states() == [RETRYING]


def test_followers_of_a_failed_delivery_wait_and_nobody_else_does(receive: Any) -> None:
    receive(raising("a"))
    for number in range(3):
        accept("PUT" if number else "POST", "a", {"price": number})
        accept("PUT" if number else "POST", "b", {"price": number})
    run()
    assert states(record_key="a") == [RETRYING, State.ACCEPTED, State.ACCEPTED]
    assert states(record_key="b") == [APPLIED] * 3


def test_part_of_a_record_that_works_is_applied_before_the_one_that_fails(receive: Any) -> None:
    @receive
    def third(delivery: Delivery, **_: Any) -> None:
        if b'"price":2' in bytes(delivery.body):
            raise LookupError

    for price in range(5):
        accept("PUT" if price else "POST", "a", {"price": price})
    run()
    assert states() == [APPLIED, APPLIED, RETRYING, State.ACCEPTED, State.ACCEPTED]
    assert prices("a") == [1]


# Outages


OUTAGES = {
    "connection lost": "SELECT pg_terminate_backend(pg_backend_pid())",
    "disk full": "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$",
    "read only": "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '25006'; END $$",
}


@pytest.mark.parametrize("sql", OUTAGES.values(), ids=OUTAGES)
def test_outage_rolls_back_and_does_not_count(receive: Any, sql: str) -> None:
    receive(executing(sql))
    accept("POST", "a")
    accept("POST", "b")
    with pytest.raises((OperationalError, InternalError)):
        run()
    connection.close()
    assert set(Delivery.objects.values_list("state", "tries", "crashes")) == {(State.ACCEPTED, 0, 0)}
    assert (product("a"), Attempt.objects.count()) == (None, 0)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_outage_of_what_a_receiver_asks_is_its_own(receive: Any, error: type[DatabaseError]) -> None:
    receive(raising("b", error=error))
    for key in "abc":
        accept("POST", key)
    run()
    assert states() == [APPLIED, RETRYING, APPLIED]


@pytest.mark.parametrize("end", [SystemExit, SoftTimeLimitExceeded])
def test_batch_that_its_process_is_ended_in_counts_as_a_crash(receive: Any, end: type[BaseException]) -> None:
    delivery = accept("POST", "a")
    accept("POST", "b")
    receive(raising("a", error=end))
    for _ in range(4):
        with pytest.raises(end):
            run()
    run()
    delivery.refresh_from_db()
    assert (states(), delivery.reason) == ([DEAD, APPLIED], "It ended or held up 3 workers.")
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("code", ["54000", "55P03", "57014"])
def test_what_the_database_says_of_a_statement_is_no_outage(receive: Any, code: str) -> None:
    receive(executing(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$"))
    for key in "abc":
        accept("POST", key)
    run()
    assert states() == [APPLIED, RETRYING, APPLIED]


def test_record_that_somebody_locks_holds_up_no_other() -> None:
    accept("POST", "a")
    run()
    for key in "abc":
        accept("PUT" if key == "a" else "POST", key)

    def locked() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        run()

    with connections["autonomous"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM entities_product WHERE sku = 'a' FOR UPDATE")
        side_by_side(locked)
        cursor.execute("ROLLBACK")
    assert states()[1:] == [RETRYING, APPLIED, APPLIED]


def test_attempts_are_given_back_later_when_the_database_is_away(receive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clear, down = lanes.clear_owed, [True]

    @receive
    def outage(**_: Any) -> None:
        if down:
            monkeypatch.setattr(lanes, "clear_owed", raise_outage)
            with connection.cursor() as cursor:
                cursor.execute(OUTAGES["connection lost"])

    delivery = accept("POST", "a")
    with pytest.raises(OperationalError):
        run()
    connection.close()
    assert Attempt.objects.count() == 1
    down.clear()
    monkeypatch.setattr(lanes, "clear_owed", clear)
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.crashes, Attempt.objects.count()) == (APPLIED, 0, 0)


def raise_outage() -> None:
    raise OperationalError


# Side by side


def test_eight_senders_that_run_batches_too_keep_the_order_of_a_hot_record() -> None:
    accept("POST", "hot", {"price": 0})

    def send_and_run(worker: int) -> None:
        for number in range(40):
            if worker == 0:
                accept("PUT", "hot", {"price": number + 1})
            else:
                accept("PUT" if number else "POST", f"cold{worker}", {"price": number})
            runner.run_batch()

    side_by_side(*[lambda n=n: send_and_run(n) for n in range(8)])
    run()
    hot = Delivery.objects.filter(record_key="hot", method="PUT").order_by("pk")
    assert [row["price"] for row in hot.values_list("previous", flat=True)] == list(range(40))
    assert (set(states()), prices("hot", "cold1")) == ({APPLIED}, [40, 39])


def test_batch_of_one_lane_is_in_one_hand_only(receive: Any) -> None:
    seen: list[Any] = []
    receive(lambda **_: seen.extend(side_by_side(runner.run_batch)))
    accept("POST", "a")
    run()
    assert (seen, states()) == ([None], [APPLIED])


def test_eight_runners_of_a_backlog_apply_every_update_of_a_hot_record_once() -> None:
    accept("POST", "hot", {"price": 0})
    for number in range(300):
        accept("PUT", "hot", {"price": number + 1})
    Lane.objects.update(batch_size=7)
    while not all(side_by_side(*[lambda: runner.run(20)] * 8)):
        pass
    run()
    chain = Delivery.objects.filter(method="PUT").order_by("pk").values_list("previous", flat=True)
    assert [row["price"] for row in chain] == list(range(300))
    assert (set(states()), prices("hot")) == ({APPLIED}, [300])


# Schema changes between acceptance and application


def test_delivery_of_an_entity_that_is_gone_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    accept("POST", "", {**SALE}, entity="partner_sale")
    accept("POST", "a")
    others = {name: schema for name, schema in schemas().items() if name != "partner_sale"}
    monkeypatch.setattr("sync.applying.runner.schemas", lambda: others)
    run()
    assert states() == [RETRYING, APPLIED]
    assert Delivery.objects.first().reason == "UnknownEntity"


def test_body_is_judged_by_the_schema_now_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = schemas()["product"]
    accept("POST", "a", {"price": 1})
    monkeypatch.setattr(schema, "required", {"name": schema.leaves["name"]})
    accept("POST", "b", {"name": "n"})
    run()
    assert states() == [REJECTED, APPLIED]
    assert Delivery.objects.first().errors[0]["code"] == "required"


@pytest.mark.parametrize(("on_unknown", "state"), [("ignore", APPLIED), ("reject", REJECTED)])
def test_field_that_was_removed_is_an_unknown_one(policy: Any, on_unknown: str, state: str) -> None:
    delivery = accept("POST", "a")
    Delivery.objects.update(body=b'{"sku": "a", "removed": 1}')
    policy("product", on_unknown=on_unknown)
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.ignored) == (state, ["removed"] if state == APPLIED else [])


def test_body_that_makes_another_key_than_it_did_changes_no_record() -> None:
    accept("POST", "b", {"price": 1})
    run()
    accept("POST", "a")
    Delivery.objects.filter(record_key="a").update(body=b'{"sku": "b", "price": 2}')
    run()
    assert (states(), prices("b")) == ([APPLIED, REJECTED], [1])


def test_edited_body_is_applied_and_the_original_stays() -> None:
    delivery = accept("POST", "a", {"price": 1})
    Delivery.objects.update(edited_body=b'{"sku": "a", "price": 2}')
    run()
    assert prices("a") == [2]
    delivery.refresh_from_db()
    assert bytes(delivery.body) == b'{"sku":"a","price":1}'


def test_command_of_a_delivery_has_every_fault() -> None:
    delivery = accept("POST", "a")
    delivery.body = b'{"sku": "a", "price": "x", "name": 1}'
    found = runner.command_of(schemas()["product"], delivery)
    assert isinstance(found, list)
    assert all(isinstance(fault, Fault) for fault in found)
    assert len(found) == 2


def test_numbers_are_kept_exactly() -> None:
    accept("POST", "a", b'{"sku": "a", "price": 1234567890.1234, "weight": "0.0001"}')
    run()
    assert (str(product("a").price), str(product("a").weight)) == ("1234567890.1234", "0.0001")


def test_empty_backlog_is_no_work() -> None:
    assert runner.run_batch() is None
    assert runner.run(5)
    assert not runner.run(0)
