"""Finished deliveries go by age, in batches, and the ledger keeps their counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.db.models.functions import Now
from django.test import override_settings

from entities.models import Tombstone
from sync.keeping import pruning
from sync.models import Delivery, FollowUp, Ledger, Milestone
from sync.models.delivery import Outcome, State
from sync.serving import milestones
from sync.watching import traffic
from tests.sync.writes import DATABASE, accept, run, side_by_side, write

pytestmark = DATABASE
FINAL = {State.APPLIED, State.REJECTED, State.SKIPPED}


def one_of_each(*, days: int) -> None:
    """Have a delivery in every state that was accepted so many days ago."""
    for state in State:
        delivery = accept("POST", f"{state}-{days}")
        Delivery.objects.filter(pk=delivery.pk).update(
            state=state,
            runnable_at=None,
            outcome=Outcome.CREATED if state == State.APPLIED else None,
            finished_at=Now() if state in FINAL else None,
            accepted_at=Now() - timedelta(days=days),
        )
    traffic.catch_up()


def received() -> int:
    """Return how many deliveries there are or were."""
    return Delivery.objects.count() + (Ledger.objects.aggregate(total=Sum("deliveries"))["total"] or 0)


def test_old_finished_deliveries_go_and_unfinished_ones_never() -> None:
    one_of_each(days=11)
    one_of_each(days=9)
    assert list(pruning.prune(10)) == [3]
    left = set(Delivery.objects.filter(accepted_at__lt=Now() - timedelta(days=10)).values_list("state", flat=True))
    assert left == set(State) - FINAL
    assert Delivery.objects.count() == 2 * len(State) - 3


def test_accounts_add_up_at_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    for days in range(10, 15):
        one_of_each(days=days)
    total = received()
    for removed in pruning.prune(1):
        assert removed <= 2
        assert received() == total
    assert Ledger.objects.count() == 15
    assert set(Ledger.objects.values_list("state", flat=True)) == FINAL


def test_ledger_goes_on_counting_on_the_same_line() -> None:
    one_of_each(days=5)
    list(pruning.prune(1))
    one_of_each(days=5)
    list(pruning.prune(1))
    assert list(Ledger.objects.values_list("deliveries", flat=True)) == [2, 2, 2]


def test_delivery_with_something_to_follow_stays() -> None:
    one_of_each(days=5)
    FollowUp.objects.create(hook="x", delivery=Delivery.objects.get(state=State.APPLIED).pk, due_at=None)
    assert list(pruning.prune(1)) == [2]


@pytest.mark.parametrize(("days", "removed"), [(0, []), (4, [3]), (6, [])])
def test_days_come_from_the_settings(days: int, removed: list[int]) -> None:
    one_of_each(days=5)
    with override_settings(CONNECTOR_DELIVERY_DAYS=days):
        assert list(pruning.prune()) == removed


def test_pruners_side_by_side_count_each_delivery_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    for days in range(10, 20):
        one_of_each(days=days)
    total = received()
    side_by_side(*[lambda: list(pruning.prune(1))] * 4)
    list(pruning.prune(1))
    assert (received(), Delivery.objects.filter(state__in=FINAL).count()) == (total, 0)


def test_received_is_the_sum_of_what_became_of_everything() -> None:
    for number in range(5):
        write("POST", str(number), is_async=number % 2 == 0)
    write("POST", "1", is_async=False)
    accept("PUT", "gone")
    run()
    accept("PUT", "0")
    Delivery.objects.filter(record_key="1").update(accepted_at=Now() - timedelta(days=5))
    traffic.catch_up()
    list(pruning.prune(1))
    assert received() == 8
    assert {line.state: line.deliveries for line in Ledger.objects.all()} == {"applied": 1, "rejected": 1}


def entombed(*ages: int) -> None:
    """Have tombstones and milestones of so many days."""
    for age in ages:
        tombstone = Tombstone.objects.create(entity="product", key=str(age), record=age)
        Tombstone.objects.filter(pk=tombstone.pk).update(deleted_at=Now() - timedelta(days=age))
        milestones.mark()
        Milestone.objects.filter(pk=Milestone.objects.latest("pk").pk).update(at=Now() - timedelta(days=age))


@pytest.mark.parametrize(("days", "left"), [(3, ["3", "2"]), (0, ["9", "5", "3", "2"]), (30, ["9", "5", "3", "2"])])
def test_tombstones_go_a_day_after_the_cursors_that_could_ask_for_them(days: int, left: list[str]) -> None:
    entombed(9, 5, 3, 2)
    with override_settings(CONNECTOR_TOMBSTONE_DAYS=days):
        pruning.prune_changes()
    assert list(Tombstone.objects.order_by("pk").values_list("key", flat=True)) == left
    assert Milestone.objects.count() == len(left)


def test_tombstones_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    entombed(90, 80, 70, 1)
    pruning.prune_changes()
    assert Tombstone.objects.count() == 2
    pruning.prune_changes()
    assert Tombstone.objects.get().key == "1"
