"""The guard against mass deletes: as many pass as may, and what comes beyond is held in its place."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from sync.delivery.modes import forget_switches
from sync.models import Deletes, Delivery, Lane, State, Switch
from sync.operating import held
from sync.operating.dead_letters import REASON_LENGTH, Busy
from tests.conftest import Dsync
from tests.plans import plan_of
from tests.sync.writes import DATABASE, product, run, side_by_side, states, write

pytestmark = DATABASE
PASSING = 3


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.CONNECTOR_DELETE_LIMIT = PASSING


def make_products(count: int) -> list[str]:
    keys = [f"p-{number:02}" for number in range(count)]
    for key in keys:
        write("POST", key, is_async=False)
    return keys


def delete(key: str, **more: Any) -> Any:
    return write("DELETE", key, is_async=False, **more)


def deletes(**wanted: Any) -> list[str]:
    return states(method="DELETE", **wanted)


def held_deletes(count: int = 2) -> list[Delivery]:
    """Return deletes that the guard holds, with what passed before them."""
    for key in make_products(PASSING + count):
        delete(key)
    return list(Delivery.objects.filter(state=State.HELD).order_by("pk"))


def decide(decision: held.Decision, *numbers: int) -> list[int]:
    return held.decide(numbers or held.of_entity("product", held.newest(), 100), decision)


def test_delete_beyond_the_limit_is_accepted_and_held(dsync: Dsync) -> None:
    make_products(PASSING + 1)
    answers = [dsync.delete("product", f"p-{number:02}") for number in range(PASSING + 1)]
    assert [answer.status_code for answer in answers] == [200] * PASSING + [202]
    told = dsync.send("GET", answers[-1]["Location"]).json()["data"]
    assert (told["state"], told["key"]) == ("held", f"p-{PASSING:02}")
    assert product(f"p-{PASSING:02}") is not None


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_exactly_as_many_deletes_pass_as_may_when_they_come_side_by_side(*, is_async: bool) -> None:
    keys = make_products(20)
    side_by_side(*(partial(write, "DELETE", key, is_async=is_async) for key in keys))
    run()
    assert sorted(deletes()) == ["applied"] * PASSING + ["held"] * (20 - PASSING)
    assert sum(product(key) is None for key in keys) == PASSING


def test_other_entities_and_other_writes_pass() -> None:
    held_deletes(1)
    assert write("PUT", "p-03", {"price": 1}, is_async=False).status == 202  # Its own record waits.
    assert write("POST", "new", is_async=False).status == 201
    assert delete("nobody", entity="order").status == 200


def passed() -> int:
    """Return how many deletes passed in the stretch of time that is now."""
    return Deletes.objects.aggregate(Sum("deletes", default=0))["deletes__sum"]


def test_as_many_pass_in_the_next_stretch_of_time() -> None:
    held_deletes(1)
    Deletes.objects.update(stretch=F("stretch") - 1)
    make_products(1)
    assert delete("p-00").status == 200
    assert passed() == 1


@pytest.mark.parametrize(
    ("before", "expected"), [(0, 20), (795, 20), (990, 10), (1000, 0)], ids=["far", "crossing", "near", "over"]
)
def test_count_is_exact_wherever_it_stands_when_deletes_come_side_by_side(
    settings: Any, before: int, expected: int
) -> None:
    settings.CONNECTOR_DELETE_LIMIT = 1000
    keys = make_products(21)
    delete(keys.pop())
    Deletes.objects.update(deletes=before)
    answers = side_by_side(*(partial(delete, key) for key in keys))
    assert sum(answer.status == 200 for answer in answers) == expected
    assert passed() == before + expected


@pytest.mark.parametrize(("limit", "expected"), [(1, 202), (0, 200), (99, 200), (None, 202)], ids=str)
def test_switch_has_a_limit_of_its_own(limit: int | None, expected: int) -> None:
    Switch.objects.create(entity="product", delete_limit=limit)
    forget_switches()
    answers = [delete(key).status for key in make_products(PASSING + 1)]
    assert answers[-1] == expected


def test_delete_that_is_rolled_back_is_not_counted() -> None:
    keys = make_products(PASSING)
    for _ in range(2):
        with transaction.atomic():
            delete(keys[0])
            transaction.set_rollback(True)
    assert [delete(key).status for key in keys] == [200] * PASSING


def test_deletes_of_one_transaction_are_counted_each() -> None:
    keys = make_products(PASSING + 1)
    with transaction.atomic():
        answers = [delete(key).status for key in keys]
    assert answers == [200] * PASSING + [202]


def test_repeat_of_a_held_delete_is_answered_again_and_not_counted() -> None:
    make_products(PASSING + 1)
    answers = [delete(f"p-{number:02}", process_id="1") for number in [0, 1, 2, 3, 3, 3]]
    assert answers[3] == answers[4] == answers[5]
    assert (passed(), deletes()) == (PASSING, ["applied"] * 3 + ["held"])


def test_record_waits_behind_its_held_delete_and_goes_on_in_order_when_it_is_released() -> None:
    (waiting,) = held_deletes(1)
    write("POST", waiting.record_key, {"price": 7}, is_async=False)
    run()
    assert states(record_key=waiting.record_key)[-2:] == ["held", "accepted"]
    assert decide(held.RELEASE) == [waiting.pk]
    run()
    assert states(record_key=waiting.record_key)[-2:] == ["applied", "applied"]
    assert product(waiting.record_key).price == 7


def test_refused_delete_is_rejected_with_the_reason_and_its_record_goes_on(dsync: Dsync) -> None:
    (refused,) = held_deletes(1)
    write("PUT", refused.record_key, {"price": 7}, is_async=False)
    run()
    assert decide(held.refusal("It was a slip.")) == [refused.pk]
    run()
    assert states(record_key=refused.record_key)[-2:] == ["rejected", "applied"]
    refused.refresh_from_db()
    assert refused.errors[0]["message"] == "A person has refused this delete: It was a slip."
    assert product(refused.record_key).price == 7


@pytest.mark.parametrize("reason", ["", "  ", "x" * (REASON_LENGTH + 1)], ids=["none", "blank", "long"])
def test_refusal_needs_a_reason(reason: str) -> None:
    with pytest.raises(ValueError, match="A reason of 1 to 200 characters is needed"):
        held.refusal(reason)


def test_some_are_decided_and_the_others_stay_held() -> None:
    first, second, third = held_deletes(3)
    decide(held.RELEASE, first.pk)
    decide(held.refusal("No."), third.pk)
    run()
    assert deletes()[-3:] == ["applied", "held", "rejected"]
    assert second.pk in held.of_entity("product", held.newest(), 9)


def test_each_delete_is_decided_once_when_two_persons_decide_at_once() -> None:
    numbers = [delivery.pk for delivery in held_deletes(20)]
    both = side_by_side(*(partial(held.decide, numbers, each) for each in (held.RELEASE, held.refusal("No."))))
    assert sorted([*both[0], *both[1]]) == numbers
    assert len(Delivery.objects.filter(state=State.REJECTED)) == len(both[1])


@pytest.mark.parametrize("decision", [held.RELEASE, held.refusal("No.")], ids=["release", "refuse"])
def test_decision_waits_for_the_lanes(decision: held.Decision) -> None:
    numbers = [delivery.pk for delivery in held_deletes(2)]

    def impatient() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(Busy):
            held.decide(numbers, decision)

    with transaction.atomic():
        list(Lane.objects.select_for_update())
        side_by_side(impatient)
    assert deletes(pk__in=numbers) == ["held"] * 2


def test_what_is_held_later_waits_for_a_decision_of_its_own() -> None:
    held_deletes(2)
    upto = held.newest()
    write("POST", "late", is_async=False)
    delete("late")
    batches = held.batches("product", upto)
    assert held.for_each(batches, held.RELEASE, lambda _numbers: None, seconds=9) == 2
    assert [group.held for group in held.groups()] == [1]


def test_groups_tell_number_age_and_oldest_keys() -> None:
    first, *_ = held_deletes(7)
    (group,) = held.groups()
    assert (group.entity, group.held, group.oldest_accepted_at) == ("product", 7, first.accepted_at)
    assert group.keys == [f"p-{number:02}" for number in range(3, 8)]


def test_what_is_held_is_found_by_its_index() -> None:
    for plan in (plan_of(held.GROUPS), plan_of(held.OF_ENTITY, ["product", "product", 10**9, 500])):
        assert "sync_delivery_held" in plan
        assert "sync_delivery_pkey" not in plan
