"""A delivery's row: what its states may be, how it goes from one to another, and its mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from connector.edge.errors import Fault
from sync.applying import marks
from sync.applying.marks import Mark, Overtaken
from sync.delivery.effects import Effect
from sync.models import Delivery
from sync.models.delivery import Outcome, State
from sync.work.retry import TRIES
from tests.sync.writes import DATABASE, accept, side_by_side

pytestmark = DATABASE
FINAL = {State.APPLIED, State.REJECTED, State.SKIPPED}
OPEN = {State.ACCEPTED, State.RETRYING}


def put_into(state: str) -> Delivery:
    """Return a delivery in a state, as it would stand there."""
    delivery = accept("POST", "a")
    Delivery.objects.update(
        state=state,
        outcome=Outcome.CREATED if state == State.APPLIED else None,
        finished_at=Now() if state in FINAL else None,
        runnable_at=Now() if state in OPEN else None,
    )
    delivery.refresh_from_db()
    return delivery


@pytest.mark.parametrize("state", State.values)
def test_every_state_can_be_stored_and_tells_what_it_is(state: str) -> None:
    assert put_into(state).state == state
    assert State(state).label.count(" ") > 1


IMPOSSIBLE = [
    (State.ACCEPTED, {"state": "lost"}),
    (State.ACCEPTED, {"outcome": "created"}),
    (State.ACCEPTED, {"finished_at": Now()}),
    (State.ACCEPTED, {"state": State.APPLIED, "runnable_at": None}),
    (State.ACCEPTED, {"state": State.DEAD}),
    (State.ACCEPTED, {"state": State.HELD}),
    (State.APPLIED, {"outcome": None}),
    (State.APPLIED, {"finished_at": None}),
    (State.APPLIED, {"runnable_at": Now()}),
    (State.REJECTED, {"outcome": "created"}),
    (State.REJECTED, {"finished_at": None}),
    (State.SKIPPED, {"runnable_at": Now()}),
    (State.DEAD, {"finished_at": Now()}),
    (State.DEAD, {"runnable_at": Now()}),
    (State.RETRYING, {"runnable_at": None, "finished_at": Now()}),
]


@pytest.mark.parametrize(("state", "changes"), IMPOSSIBLE, ids=str)
def test_impossible_state_is_refused_by_the_database(state: str, changes: dict[str, Any]) -> None:
    put_into(state)
    with pytest.raises(IntegrityError, match="sync_delivery_"), transaction.atomic():
        Delivery.objects.update(**changes)


TRANSITIONS: list[tuple[str, Callable[[Delivery], bool], set[State], str]] = [
    ("retry_later", lambda d: d.retry_later("x"), OPEN, State.RETRYING),
    ("bury", lambda d: d.bury("x"), OPEN, State.DEAD),
    ("replay", lambda d: d.replay(), {State.DEAD}, State.ACCEPTED),
    ("edit", lambda d: d.edit(b"x"), {State.DEAD}, State.DEAD),
    ("skip", lambda d: d.skip("x"), {State.DEAD}, State.SKIPPED),
]


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize(("name", "change", "froms", "to"), TRANSITIONS, ids=[row[0] for row in TRANSITIONS])
def test_transition_changes_a_row_in_its_own_states_only(
    name: str, change: Callable[[Delivery], bool], froms: set[State], to: str, state: str
) -> None:
    delivery = put_into(state)
    assert change(delivery) is (state in froms)
    delivery.refresh_from_db()
    assert delivery.state == (to if state in froms else state)


@pytest.mark.parametrize(("name", "change", "froms", "to"), TRANSITIONS[2::2], ids=["replay", "skip"])
def test_transition_happens_once_when_two_ask_for_it(
    name: str, change: Callable[[Delivery], bool], froms: set[State], to: str
) -> None:
    delivery = put_into(next(iter(froms)))
    assert sorted(side_by_side(*[lambda: change(delivery)] * 4)) == [False, False, False, True]


def test_delivery_is_not_tried_again_after_the_last_try() -> None:
    delivery = put_into(State.RETRYING)
    delivery.tries = TRIES - 1
    assert delivery.retry_later("x") is False


def test_second_mark_of_a_delivery_is_overtaken() -> None:
    mark = Mark.applied(accept("POST", "a"), Effect(Outcome.CREATED, []))
    marks.write([mark])
    with pytest.raises(Overtaken):
        marks.write([mark])


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_mark_of_a_delivery_that_is_not_open_is_overtaken(state: str) -> None:
    mark = Mark.rejected(put_into(state), [])
    with pytest.raises(Overtaken), transaction.atomic():
        marks.write([mark])
    assert Delivery.objects.get().state == state


def test_marks_are_written_together_or_not_at_all() -> None:
    first, second = (Mark.applied(accept("POST", key), Effect(Outcome.CREATED, [])) for key in "ab")
    marks.write([second])
    with pytest.raises(Overtaken), transaction.atomic():
        marks.write([first, second])
    assert Delivery.objects.get(record_key="a").state == State.ACCEPTED


def test_mark_holds_what_jsonb_cannot() -> None:
    marks.write([Mark.rejected(accept("POST", "a"), [Fault("product.name", "x", "y", "a\0b")])])
    assert Delivery.objects.get().errors[0]["received"] == "a\ufffdb"


def test_mark_clears_what_earlier_tries_left() -> None:
    delivery = accept("POST", "a")
    delivery.retry_later("LookupError")
    marks.write([Mark.applied(delivery, Effect(Outcome.UPDATED, ["odd"], '{"price": 1.10}'))])
    delivery.refresh_from_db()
    assert (delivery.reason, delivery.runnable_at, delivery.ignored, delivery.previous) == (
        "",
        None,
        ["odd"],
        {"price": 1.1},
    )
