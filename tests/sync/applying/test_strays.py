"""Deliveries that wait although nothing is before them."""

from __future__ import annotations

import pytest
from django.db import connections

from sync.applying import strays
from sync.models import Delivery
from sync.models.delivery import State
from tests.plans import plan_of
from tests.sync.writes import DATABASE, accept, run, side_by_side, states

pytestmark = DATABASE


def strand(*keys: str) -> None:
    """Have all deliveries of these records wait."""
    Delivery.objects.filter(record_key__in=keys).update(runnable_at=None)


def runnable() -> list[str]:
    return list(Delivery.objects.runnable().order_by("pk").values_list("record_key", flat=True))


def test_stray_goes_on() -> None:
    accept("POST", "a")
    strand("a")
    assert strays.free() == (1, strays.START)
    run()
    assert states() == [State.APPLIED]


@pytest.mark.parametrize("state", [State.DEAD, State.HELD, State.RETRYING])
def test_delivery_behind_another_of_its_record_stays(state: State) -> None:
    first = accept("POST", "a")
    accept("PUT", "a")
    strand("a")
    runnable_at = first.accepted_at if state == State.RETRYING else None
    Delivery.objects.filter(pk=first.pk).update(state=state, runnable_at=runnable_at)
    assert strays.free()[0] == 0


def test_record_in_a_workers_hands_is_passed_over() -> None:
    delivery = accept("POST", "a")
    strand("a")
    with connections["autonomous"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM sync_lane WHERE id = %s FOR UPDATE", [delivery.lane])
        assert side_by_side(strays.free) == [(0, strays.START)]
        cursor.execute("ROLLBACK")
    assert strays.free()[0] == 1


def test_all_are_found_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "AT_ONCE", 2)
    for key in "abcde":
        accept("POST", key)
    strand(*"abcde")
    counts, place = [], strays.START
    for _ in range(3):
        count, place = strays.free(place)
        counts.append(count)
    assert (counts, place, runnable()) == ([2, 2, 1], strays.START, list("abcde"))


def test_portion_is_read_from_an_index() -> None:
    assert "sync_delivery_obstacle" in plan_of(strays.NEXT, [*strays.START, 10])


def test_delivery_behind_one_that_is_ready_is_let_go_by_that() -> None:
    accept("POST", "a")
    second = accept("PUT", "a")
    Delivery.objects.filter(pk=second.pk).update(runnable_at=None)
    assert strays.free()[0] == 0
    run()
    assert states() == [State.APPLIED] * 2
