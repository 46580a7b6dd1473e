"""Whose turn it is: the order of one record's deliveries, whatever of them waits, fails or is replayed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.db.models.functions import Now

from sync.applying import runner, turns
from sync.models import Delivery
from sync.models.delivery import State
from sync.operating import dead_letters
from tests.sync.writes import DATABASE, accept, make_due, prices, product, run, states

pytestmark = DATABASE
APPLIED = State.APPLIED


class Refusing:
    """A receiver that raises for one record while it is told to."""

    def __init__(self, key: str) -> None:
        self.key, self.is_on, self.heard = key, True, []

    def __call__(self, delivery: Delivery, **_: Any) -> None:
        if delivery.record_key == self.key and self.is_on:
            raise LookupError("no")
        self.heard.append(delivery.pk)


@pytest.fixture
def refusing(receive: Any) -> Refusing:
    return receive(Refusing("a"))


def kill(delivery: Delivery) -> None:
    """Make a delivery a dead one."""
    assert delivery.bury("test")


def test_deliveries_of_a_record_are_applied_in_the_order_of_acceptance() -> None:
    accept("POST", "a", {"price": 0})
    for price in range(1, 30):
        accept("PUT", "a", {"price": price})
    run()
    before = [d.previous for d in Delivery.objects.order_by("pk")]
    assert before == [None, *[{"price": price} for price in range(29)]]
    assert prices("a") == [29]


def test_new_delivery_does_not_overtake_one_that_waits_when_the_retried_one_before_both_is_due(
    refusing: Refusing,
) -> None:
    accept("POST", "a", {"price": 1})
    run()
    accept("PUT", "a", {"price": 2})
    run()  # parks it behind the retried one
    accept("PUT", "a", {"price": 3})
    refusing.is_on = False
    make_due()
    run()
    assert states() == [APPLIED] * 3
    assert refusing.heard == sorted(refusing.heard)
    assert prices("a") == [3]


def test_new_delivery_does_not_overtake_one_that_waits_when_the_dead_one_before_both_is_replayed() -> None:
    first = accept("POST", "a", {"price": 1})
    kill(first)
    accept("PUT", "a", {"price": 2})
    run()
    accept("PUT", "a", {"price": 3})
    dead_letters.replay(first)
    run()
    assert [d.previous for d in Delivery.objects.order_by("pk")] == [None, {"price": 1}, {"price": 2}]


def test_held_delivery_holds_up_those_behind_it_and_not_those_before() -> None:
    accept("POST", "a", {"price": 1})
    held = accept("PUT", "a", {"price": 2})
    accept("PUT", "a", {"price": 3})
    Delivery.objects.filter(pk=held.pk).update(state=State.HELD, runnable_at=None)
    run()
    assert states() == [APPLIED, State.HELD, State.ACCEPTED]
    assert prices("a") == [1]


def test_delivery_behind_a_dead_one_waits_out_of_sight() -> None:
    kill(accept("POST", "a"))
    second = accept("PUT", "a", {"price": 1})
    run()
    second.refresh_from_db()
    assert (second.state, second.runnable_at) == (State.ACCEPTED, None)
    assert runner.run_batch() is None


@pytest.mark.parametrize("act", ["replay", "skip"])
def test_followers_go_on_when_the_dead_one_is_decided(act: str) -> None:
    first = accept("POST", "a", {"price": 1})
    accept("POST", "a", {"price": 2})
    kill(first)
    run()
    assert dead_letters.replay(first) if act == "replay" else dead_letters.skip(first, "known")
    run()
    expected = [APPLIED, State.REJECTED] if act == "replay" else [State.SKIPPED, APPLIED]
    assert states() == expected


def test_followers_of_a_record_with_very_many_are_let_go_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "RELEASED_AT_ONCE", 3)
    first = accept("POST", "a", {"price": 0})
    kill(first)
    for price in range(1, 20):
        accept("PUT", "a", {"price": price})
    run()
    dead_letters.replay(first)
    run()
    assert states() == [APPLIED] * 20
    assert Delivery.objects.last().previous == {"price": 18}


def test_release_leaves_what_waits_behind_another() -> None:
    one, two, three = (accept("POST", "a") for _ in range(3))
    kill(two)
    Delivery.objects.exclude(pk=two.pk).update(runnable_at=None)
    assert turns.release([one]) == 1
    three.refresh_from_db()
    assert three.runnable_at is None


def test_release_of_one_record_leaves_another_under_the_same_hash() -> None:
    one, other = accept("POST", "a"), accept("POST", "b")
    Delivery.objects.filter(pk=other.pk).update(record_hash=one.record_hash, lane=one.lane, runnable_at=None)
    kill(one)
    assert turns.release([one]) == 0
    other.refresh_from_db()
    assert turns.release([other]) == 1


def test_records_under_one_hash_do_not_block_each_other() -> None:
    one, other = accept("POST", "a"), accept("POST", "b")
    Delivery.objects.filter(pk=other.pk).update(record_hash=one.record_hash, lane=one.lane)
    kill(one)
    run()
    assert product("b")


def test_parked_retrying_delivery_is_released_too() -> None:
    one, two = accept("POST", "a"), accept("POST", "a")
    Delivery.objects.filter(pk=two.pk).update(state=State.RETRYING, runnable_at=Now())
    kill(one)
    run()
    dead_letters.skip(one, "known")
    run()
    assert states() == [State.SKIPPED, APPLIED]


def test_batch_ends_before_its_bodies_grow_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BATCH_BYTES", 100)
    for number in range(5):
        accept("POST", f"a{number}", {"name": "x" * 60})
    assert runner.run_batch() == 1
    run()
    assert states() == [APPLIED] * 5


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [([], []), ([9], [0]), ([2, 3], [0, 1]), ([2, 4], [0]), ([9, 1], [0]), ([1, 1, 9, 1], [0, 1])],
)
def test_within_takes_what_fits_and_one_in_any_case(sizes: list[int], taken: list[int]) -> None:
    assert list(turns.within(5, enumerate(sizes))) == taken


def test_worker_goes_on_when_a_migration_has_added_a_column() -> None:
    for number in range(4):  # Then psycopg has prepared its statements.
        accept("POST", f"first-{number}")
        run()
    with altered("ADD COLUMN added integer", "DROP COLUMN added"):
        accept("POST", "a")
        run()
        assert set(states()) == {APPLIED}


@contextmanager
def altered(change: str, back: str) -> Iterator[None]:
    """Alter the journal by another connection, as a migration does: on its own psycopg would prepare anew."""
    alter = "ALTER TABLE sync_delivery"
    connections["autonomous"].cursor().execute(f"{alter} {change}")
    try:
        yield
    finally:
        connections["autonomous"].cursor().execute(f"{alter} {back}")
