"""The journal's table refuses what no delivery can be."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sync.models import Delivery, State
from sync.serving.progress import COUNTED, counts
from tests.sync.factories import make_delivery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "unheard of"},
        {"outcome": None},
        {"finished_at": None},
        {"state": "rejected"},
        {"state": "accepted", "outcome": None},
        {"state": "dead", "outcome": None},
    ],
    ids=str,
)
def test_a_delivery_that_contradicts_itself_cannot_be_stored(changed: dict[str, object]) -> None:
    delivery = make_delivery()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**changed)


@pytest.mark.parametrize("state", State.values)
def test_a_delivery_of_every_state_can_be_stored(state: str) -> None:
    assert make_delivery(state=state).state == state


def test_every_state_is_counted_once() -> None:
    counted = [state for states in COUNTED.values() for state in states]
    assert sorted(counted) == sorted(State)


def test_received_is_the_sum_of_all_others() -> None:
    by_state = dict(zip(State.values, [1, 2, 4, 8, 16, 32, 64], strict=True))
    told = counts(by_state)
    assert told.pop("received") == sum(told.values()) == 127


def test_a_delivery_shows_its_number_and_record() -> None:
    delivery = make_delivery(finished_at=timezone.now())
    assert str(delivery) == f"{delivery.pk}: PUT product A-1"
