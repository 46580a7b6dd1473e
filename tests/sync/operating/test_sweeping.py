"""Replaying or skipping all dead deliveries of a group, in the background."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from sync.models import Delivery, Lane, Sweep
from sync.models.delivery import State
from sync.models.sweep import Act, SweepState
from sync.operating import sweeping
from sync.work import chores
from tests.audit import deeds
from tests.sync.writes import DATABASE, accept, dead, prices, product, run, side_by_side, states

pytestmark = DATABASE
DEAD, ACCEPTED, SKIPPED = State.DEAD, State.ACCEPTED, State.SKIPPED


def begin(act: Act = Act.REPLAY, reason: str = "LookupError", **more: Any) -> Sweep:
    return sweeping.begin(entity="product", reason=reason, act=act, **more)[0]


def claimed() -> Sweep:
    return Sweep.objects.due().claim()[0]


def test_sweep_replays_its_group_and_no_other() -> None:
    for key, reason in [("a", "A"), ("b", "B"), ("c", "A")]:
        dead(key=key, reason=reason)
    sweep = begin(reason="A")
    assert sweeping.run(20)
    sweep.refresh_from_db()
    assert states() == [ACCEPTED, DEAD, ACCEPTED]
    assert (sweep.state, sweep.total, sweep.done, sweep.percentage) == (SweepState.DONE, 2, 2, 100)


def test_sweep_skips_for_the_reason_and_lets_records_go_on() -> None:
    dead()
    accept("POST", "a", {"price": 2})
    begin(Act.SKIP, note="a duplicate")
    assert sweeping.run(20)
    run()
    assert (states(), prices("a")) == ([SKIPPED, State.APPLIED], [2])
    assert Delivery.objects.filter(reason="a duplicate").count() == 1


def test_sweep_goes_on_where_its_killed_worker_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    for key in "abcde":
        dead(key=key)
    sweep = begin()
    assert sweeping.step(claimed())
    assert states().count(ACCEPTED) == 2
    Sweep.objects.update(leased_until=None)  # As it is when the lease of the killed one is over.
    assert sweeping.run(20)
    sweep.refresh_from_db()
    assert (states().count(ACCEPTED), sweep.done) == (5, 5)


def test_sweep_does_not_take_twice_what_dies_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    first, _ = dead(key="a"), dead(key="b")
    sweep = begin()
    assert sweeping.step(claimed())
    first.bury("LookupError")
    Sweep.objects.update(leased_until=None)
    assert sweeping.run(20)
    sweep.refresh_from_db()
    assert (states(), sweep.done) == ([DEAD, ACCEPTED], 2)


def test_sweep_leaves_what_died_after_it_was_asked_for() -> None:
    dead(key="a")
    begin()
    dead(key="b")
    assert sweeping.run(20)
    assert states() == [ACCEPTED, DEAD]


def test_worker_that_lost_its_lease_does_nothing() -> None:
    dead()
    begin()
    late = claimed()
    Sweep.objects.update(leased_until=None)
    claimed()
    assert not sweeping.step(late)
    assert states() == [DEAD]


def test_two_who_press_at_once_begin_one_sweep() -> None:
    dead()
    found = side_by_side(*[lambda: sweeping.begin(entity="product", reason="LookupError", act=Act.REPLAY)] * 2)
    assert len({sweep.pk for sweep, _ in found}) == 1
    assert sorted(is_new for _, is_new in found) == [False, True]


def test_sweep_passes_over_a_lane_that_is_in_hand_and_comes_back() -> None:
    busy, _ = dead(key="a"), dead(key="b")
    begin()

    def step_beside() -> bool:
        return sweeping.step(claimed())

    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=busy.lane)
        assert side_by_side(step_beside) == [True]
        assert states() == [DEAD, ACCEPTED]
    Sweep.objects.update(leased_until=None)
    assert sweeping.run(20)
    assert states() == [ACCEPTED, ACCEPTED]


def test_sweep_waits_a_little_where_workers_have_all_that_is_left() -> None:
    delivery, sweep = dead(), begin()
    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=delivery.lane)
        assert side_by_side(lambda: sweeping.run(20)) == [True]
    sweep.refresh_from_db()
    assert (sweep.state, sweep.passed_over, sweeping.are_due()) == (SweepState.RUNNING, [delivery.pk], False)


def test_cancelled_sweep_does_no_more() -> None:
    dead()
    sweep = begin()
    assert sweep.cancel()
    assert not sweep.cancel()
    assert sweeping.run(20)
    assert states() == [DEAD]


def test_sweep_counts_what_others_did_meanwhile() -> None:
    dead(key="a")
    other = dead(key="b")
    sweep = begin()
    Sweep.objects.update(passed_over=[other.pk], place=other.pk)
    other.replay()
    assert sweeping.run(20)
    sweep.refresh_from_db()
    assert (sweep.done, sweep.not_dead) == (0, 1)


def test_swept_deliveries_have_their_line_in_the_log(admin_user: User) -> None:
    numbers = {str(dead(key=key).pk) for key in "ab"}
    begin(user_id=admin_user.pk)
    assert sweeping.run(20)
    told = deeds().values_list("subject_number", "message", "who")
    assert set(told) == {(number, "Replayed.", "admin") for number in numbers}


def test_sweep_is_found_where_nobody_was_told_of_it() -> None:
    dead()
    begin()
    assert chores.are_due()
    chores.run(20)
    run()
    assert product("a") is not None


def test_step_takes_as_many_queries_for_9_as_for_2(django_assert_max_num_queries: Any) -> None:
    for key in "abcdefghi":
        dead(key=key)
    begin()
    sweep = claimed()
    with django_assert_max_num_queries(10):
        assert sweeping.step(sweep)
    assert states() == [ACCEPTED] * 9
