"""What a person does about the dead: look, edit, try, replay in their own place, or skip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from connector.edge.errors import BadRequest
from entities.schema import schemas
from sync import dead_letters
from sync.models import Delivery, FollowUp, Lane
from sync.models.delivery import State
from tests.sync.writes import DATABASE, SALE, accept, prices, product, run, side_by_side, states

pytestmark = DATABASE
APPLIED, DEAD = State.APPLIED, State.DEAD


def dead(method: str = "POST", key: str = "a", body: Any = None, reason: str = "LookupError", **more: Any) -> Delivery:
    delivery = accept(method, key, body, **more)
    assert delivery.bury(reason)
    delivery.refresh_from_db()
    return delivery


def test_groups_count_the_dead_by_entity_and_reason_most_first() -> None:
    oldest = [dead(key=key, reason=reason).pk for key, reason in [("a", "A"), ("b", "B"), ("c", "B")]]
    accept("POST", "d")
    assert list(dead_letters.groups()) == [("product", "B", 2, oldest[1]), ("product", "A", 1, oldest[0])]


def test_replay_runs_the_delivery_before_those_behind_it() -> None:
    first = dead(body={"price": 1})
    accept("PUT", "a", {"price": 2})
    run()
    assert dead_letters.replay(first)
    run()
    assert (states(), prices("a")) == ([APPLIED] * 2, [2])


def test_replay_forgets_what_failed_before() -> None:
    delivery = dead()
    Delivery.objects.update(tries=7, crashes=3)
    dead_letters.replay(delivery)
    delivery.refresh_from_db()
    assert (delivery.tries, delivery.crashes, delivery.reason, delivery.state) == (0, 0, "", State.ACCEPTED)


def test_replay_of_all_goes_on_where_it_was_interrupted() -> None:
    deliveries = [dead(key=str(number)) for number in range(5)]

    def interrupted() -> Any:
        yield from deliveries[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dead_letters.replay_all(interrupted())
    assert states() == [*[State.ACCEPTED] * 2, *[DEAD] * 3]
    assert dead_letters.replay_all(deliveries) == 3
    run()
    assert states() == [APPLIED] * 5


def test_skip_keeps_the_reason_and_lets_the_record_go_on() -> None:
    delivery = dead(body={"price": 1})
    accept("POST", "a", {"price": 2})
    run()
    assert dead_letters.skip(delivery, " a duplicate ")
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, bool(delivery.finished_at)) == (State.SKIPPED, "a duplicate", True)
    assert prices("a") == [2]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_skip_needs_a_reason(reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        dead_letters.skip(dead(), reason)
    assert states() == [DEAD]


@pytest.mark.parametrize(
    "act",
    [dead_letters.replay, lambda d: dead_letters.skip(d, "x"), lambda d: dead_letters.edit(d, b'{"sku": "a"}')],
    ids=["replay", "skip", "edit"],
)
@pytest.mark.parametrize("state", sorted(set(State.values) - {"dead"}))
def test_only_the_dead_are_acted_on(act: Callable[[Delivery], bool], state: str) -> None:
    delivery = accept("POST", "a")
    done = delivery.accepted_at if state in {"applied", "rejected", "skipped"} else None
    outcome = "created" if state == "applied" else None
    Delivery.objects.update(state=state, runnable_at=None, finished_at=done, outcome=outcome)
    assert act(delivery) is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason, delivery.edited_body) == (state, "", None)


def test_edited_body_is_applied_in_place_and_the_original_stays() -> None:
    delivery = dead(body={"price": 1})
    assert dead_letters.edit(delivery, b'{"sku": "a", "price": 2}')
    assert dead_letters.replay(delivery)
    run()
    delivery.refresh_from_db()
    assert (prices("a"), bytes(delivery.body)) == ([2], b'{"sku":"a","price":1}')


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b"{", ["invalid_json"]),
        (b'{"sku": "a", "price": "x", "name": 1}', ["invalid_number", "invalid_text"]),
        (b'{"sku": "b"}', ["key_mismatch"]),
        (b"{}", ["required"]),
    ],
)
def test_edit_is_refused_with_every_fault(body: bytes, codes: list[str]) -> None:
    delivery = dead()
    with pytest.raises(BadRequest) as refused:
        dead_letters.edit(delivery, body)
    assert [fault.code for fault in refused.value.faults] == codes
    delivery.refresh_from_db()
    assert delivery.edited_body is None


def test_edit_of_a_put_may_not_speak_of_another_record() -> None:
    with pytest.raises(BadRequest) as refused:
        dead_letters.edit(dead("PUT"), b'{"sku": "b"}')
    assert [fault.code for fault in refused.value.faults] == ["key_mismatch"]


def test_edit_is_refused_when_the_entity_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = dead()
    others = {name: schema for name, schema in schemas().items() if name != "product"}
    monkeypatch.setattr("sync.dead_letters.schemas", lambda: others)
    with pytest.raises(BadRequest) as refused:
        dead_letters.edit(delivery, b"{}")
    assert [fault.code for fault in refused.value.faults] == ["unknown_entity"]


def test_dry_run_changes_nothing(receive: Any) -> None:
    heard: list[Any] = []
    receive(lambda delivery, **_: heard.append(delivery.outcome))
    delivery = dead()
    assert dead_letters.dry_run(delivery) is None
    assert (heard, states(), product("a"), FollowUp.objects.count()) == (["created"], [DEAD], None, 0)


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [("POST", b'{"sku": "b"}', "already_exists"), ("PUT", b"{}", "not_found"), ("PUT", b"[", "invalid_json")],
)
def test_dry_run_tells_what_would_refuse_it(method: str, body: bytes, code: str) -> None:
    accept("POST", "b")
    run()
    delivery = dead(method, "b" if method == "POST" else "c", {})
    Delivery.objects.filter(pk=delivery.pk).update(body=body)
    delivery.refresh_from_db()
    error = dead_letters.dry_run(delivery)
    assert error
    assert [fault.code for fault in error.faults] == [code]


def test_dry_run_tells_what_the_database_would_refuse() -> None:
    delivery = dead(key="", body={**SALE, "partnerSkuCode": None}, entity="partner_sale")
    error = dead_letters.dry_run(delivery)
    assert error
    assert [fault.treekey for fault in error.faults] == ["partner_sale"]
    assert states() == [DEAD]


def test_dry_run_raises_what_a_receiver_raises(receive: Any) -> None:
    @receive
    def refuse(**_: Any) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        dead_letters.dry_run(dead())
    assert states() == [DEAD]


@pytest.mark.parametrize(
    "act",
    [
        dead_letters.replay,
        dead_letters.dry_run,
        lambda d: dead_letters.skip(d, "x"),
        lambda d: dead_letters.edit(d, b'{"sku": "a"}'),
    ],
    ids=["replay", "dry_run", "skip", "edit"],
)
def test_action_waits_for_the_lane(act: Callable[[Delivery], Any]) -> None:
    delivery = dead()

    def impatient() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError):
            act(delivery)
        return "waited"

    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=delivery.lane)
        assert side_by_side(impatient) == ["waited"]


@pytest.mark.parametrize("act", [dead_letters.replay, lambda d: dead_letters.skip(d, "x")], ids=["replay", "skip"])
def test_workers_are_woken_after_an_action(sent: list[str], act: Callable[[Delivery], Any]) -> None:
    delivery = dead()
    sent.clear()
    act(delivery)
    assert sent == ["workers"]
