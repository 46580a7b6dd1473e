"""Where a deployer's own code hears of applied deliveries: within their transaction, or after its commit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from connector.settings import BASE_DIR
from entities.models import Order
from sync.applying import follow_ups
from sync.hooks import HOOKS, after_commit, delivery_applied
from sync.keeping import pruning
from sync.models import Delivery, FollowUp
from sync.models.delivery import State
from sync.watching import traffic
from sync.work.retry import TRIES
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, accept, make_due, product, run, side_by_side, states, write

pytestmark = DATABASE
EARLIER = Now() - timedelta(seconds=1)


def test_hooks_are_told_when_they_are_written_as_the_readme_shows(dsync: Dsync) -> None:
    section = (BASE_DIR / "README.md").read_text().split("## Your own code")[1]
    lines = [line.removeprefix("    ") for line in section.split("Put them")[0].splitlines()]
    heard: list[str] = []
    code = "\n".join(lines).replace("): ...", "): heard.append((entity, operation))")
    mine: dict[str, Any] = {"heard": heard, "__name__": "mine"}
    try:
        exec(code, mine)  # noqa: S102 (the document's own)
        assert dsync.post("order", {"order_id": "1"}).status_code == 201
        assert follow_ups.run(20)
    finally:
        delivery_applied.disconnect(mine.get("reserve"), sender=Order)
        HOOKS.pop("mine.tell_warehouse", None)
    assert heard == [("order", "POST")] * 2


# The signal


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_receiver_is_told_what_became_of_the_delivery_within_its_transaction(receive: Any, *, is_async: bool) -> None:
    told: list[Any] = []

    @receive
    def receiver(sender: Any, entity: str, operation: str, delivery: Delivery, **_: Any) -> None:
        stored = Delivery.objects.get(pk=delivery.pk)
        assert connection.in_atomic_block
        told.append((sender.__name__, entity, operation, delivery.outcome, delivery.previous, delivery.state))
        assert (stored.outcome, stored.previous, stored.state) == told[-1][3:]

    write("POST", "a", {"price": 1}, is_async=is_async)
    write("PUT", "a", {"price": 2}, is_async=is_async)
    run()
    assert told == [
        ("Product", "product", "POST", "created", None, State.APPLIED),
        ("Product", "product", "PUT", "updated", {"price": 1}, State.APPLIED),
    ]


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_receiver_hears_of_applied_deliveries_only(receive: Any, *, is_async: bool) -> None:
    told: list[str] = []
    receive(lambda operation, **_: told.append(operation))
    write("POST", "a", is_async=is_async)
    write("POST", "a", is_async=is_async)
    write("PUT", "b", is_async=is_async)
    run()
    assert told == ["POST"]


def test_inline_write_is_a_500_and_stores_nothing_when_a_receiver_raises(dsync: Dsync, receive: Any) -> None:
    @receive
    def refuse(**_: Any) -> None:
        raise LookupError("secret")

    answer = dsync.post("product", {"sku": "a"})
    assert (answer.status_code, states(), product("a")) == (500, [], None)
    assert b"secret" not in answer.content


def test_deferred_write_is_tried_again_when_a_receiver_raises(receive: Any) -> None:
    calls: list[int] = []

    @receive
    def refuse_once(**_: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise LookupError

    accept("POST", "a")
    run()
    assert (states(), product("a")) == ([State.RETRYING], None)
    make_due()
    run()
    assert (states(), len(calls)) == ([State.APPLIED], 2)


def test_what_a_receiver_writes_is_undone_with_the_delivery(receive: Any) -> None:
    @receive
    def write_and_refuse(delivery: Delivery, **_: Any) -> None:
        FollowUp.objects.create(hook="mine", delivery=delivery.pk)
        if delivery.record_key == "b":
            raise LookupError

    accept("POST", "a")
    accept("POST", "b")
    run()
    assert list(FollowUp.objects.values_list("delivery", flat=True)) == [Delivery.objects.get(record_key="a").pk]


# After the commit


class Hook:
    """A hook that remembers its calls, and raises while it is told to."""

    def __init__(self, **options: Any) -> None:
        self.__module__, self.__qualname__ = "deployer", "hook"
        self.calls: list[Any] = []
        self.error: Exception | None = None
        after_commit(**options)(self)

    def __call__(self, **told: Any) -> None:
        assert not connection.in_atomic_block
        self.calls.append((told["entity"], told["operation"], told["delivery"].record_key))
        if self.error:
            raise self.error


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_hook_is_called_after_the_commit_and_once(hook: Hook, *, is_async: bool) -> None:
    write("POST", "a", is_async=is_async)
    run()
    assert hook.calls == []
    assert follow_ups.are_due()
    assert follow_ups.run(5)
    assert follow_ups.run(5)
    assert (hook.calls, FollowUp.objects.count()) == ([("product", "POST", "a")], 0)


def test_hook_of_one_entity_hears_of_no_other() -> None:
    hook = Hook(entity="company")
    write("POST", "a", is_async=False)
    write("POST", "", {"partner": "p", "principal": "c", "name": "n"}, entity="company", is_async=False)
    follow_ups.run(5)
    assert hook.calls == [("company", "POST", "p:c")]


def test_inline_write_wakes_workers_for_its_hooks(hook: Hook, sent: list[str]) -> None:
    write("POST", "a", is_async=False)
    assert sent == ["workers"]


def test_nothing_is_to_follow_when_the_delivery_is_rejected(hook: Hook) -> None:
    write("PUT", "a", is_async=False)
    accept("PUT", "a")
    run()
    assert not FollowUp.objects.exists()


def test_hook_that_raises_is_called_again_later_with_the_reason_kept(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    hook.error = LookupError("secret")
    follow_ups.run(5)
    follow_up = FollowUp.objects.get()
    assert (follow_up.reason, follow_up.tries, follow_up.leased_until) == ("LookupError", 1, None)
    assert not follow_ups.are_due()
    hook.error = None
    FollowUp.objects.update(due_at=EARLIER)
    follow_ups.run(5)
    assert (len(hook.calls), FollowUp.objects.count()) == (2, 0)


def test_hook_is_given_up_in_the_end_and_can_be_replayed(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    hook.error = LookupError()
    for _ in range(TRIES + 2):
        FollowUp.objects.filter(due_at__isnull=False).update(due_at=EARLIER)
        follow_ups.run(5)
    follow_up = FollowUp.objects.get()
    assert (len(hook.calls), follow_up.is_dead) == (TRIES, True)
    hook.error = None
    assert follow_ups.replay(follow_up)
    assert not follow_ups.replay(follow_up)
    follow_ups.run(5)
    assert not FollowUp.objects.exists()


def test_hook_that_ends_its_workers_is_given_up(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    for _ in range(TRIES):
        assert follow_ups.claim()
        FollowUp.objects.update(leased_until=EARLIER)
    assert follow_ups.run(5)
    follow_up = FollowUp.objects.get()
    assert (hook.calls, follow_up.is_dead, follow_up.reason) == ([], True, "It ended its workers.")


def test_follow_up_under_lease_is_called_by_nobody_else(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    assert follow_ups.claim()
    assert not follow_ups.are_due()
    assert follow_ups.claim() is None


def test_follow_up_is_called_again_when_its_lease_has_run_out(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    assert follow_ups.claim()
    FollowUp.objects.update(leased_until=EARLIER)
    follow_ups.run(5)
    assert (len(hook.calls), FollowUp.objects.count()) == (1, 0)


@pytest.mark.parametrize("error", [None, LookupError()], ids=["returns", "raises"])
def test_who_lost_the_lease_changes_nothing(hook: Hook, error: Exception | None) -> None:
    write("POST", "a", is_async=False)
    slow = follow_ups.claim()
    FollowUp.objects.update(leased_until=EARLIER)
    holder = follow_ups.claim()
    hook.error = error
    follow_ups.call(slow)
    follow_up = FollowUp.objects.get()
    assert (follow_up.token, follow_up.reason, follow_up.leased_until is None) == (holder.token, "", False)


def test_runners_side_by_side_call_each_hook_once(hook: Hook) -> None:
    for number in range(20):
        write("POST", str(number), is_async=False)
    side_by_side(*[lambda: follow_ups.run(10)] * 6)
    assert sorted(key for _, _, key in hook.calls) == sorted(map(str, range(20)))


@pytest.mark.parametrize(("gone", "reason"), [("hook", "KeyError"), ("delivery", "DoesNotExist")])
def test_follow_up_waits_when_what_it_is_for_is_gone(hook: Hook, gone: str, reason: str) -> None:
    write("POST", "a", is_async=False)
    if gone == "hook":
        HOOKS.clear()
    else:
        Delivery.objects.all().delete()
    follow_ups.run(5)
    assert FollowUp.objects.get().reason == reason


def test_delivery_is_not_pruned_while_something_is_to_follow(hook: Hook) -> None:
    write("POST", "a", is_async=False)
    Delivery.objects.update(accepted_at=Now() - timedelta(days=9))
    traffic.catch_up()
    assert list(pruning.prune(1)) == []
    follow_ups.run(5)
    assert list(pruning.prune(1)) == [1]


def test_hook_is_named_by_its_place(hook: Hook) -> None:
    assert list(HOOKS) == ["deployer.hook"]
