"""What a person does about the dead: look, edit, try, replay in their own place, or skip."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from connector.edge.errors import BadRequest
from entities.schema import schemas
from sync.models import Delivery, FollowUp, Lane
from sync.models.delivery import State
from sync.operating import dead_letters
from sync.operating.dead_groups import ALL, EXTENT, GROUPS, MEMBERS, count_dead, groups, members
from sync.operating.dead_letters import Busy, NotDead, Tally, Trial
from tests.plans import plan_of
from tests.sync.writes import DATABASE, SALE, accept, dead, prices, product, run, side_by_side, states

pytestmark = DATABASE
APPLIED, DEAD = State.APPLIED, State.DEAD
MANY = """
    INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
        idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at, reason)
    SELECT CASE WHEN n > 40000 THEN 'dead' ELSE 'applied' END, CASE WHEN n <= 40000 THEN 'updated' END,
        'product', n, n, n & 255, 'PUT', 1, '', '', '', '', 0, '[]', '[]', now(),
        CASE WHEN n <= 40000 THEN now() END, CASE WHEN n > 40000 THEN chr(65 + n % 2) ELSE '' END
    FROM generate_series(1, 45000) AS n
"""


@pytest.fixture
def many() -> None:
    """Store 45,000 deliveries, the newest 5,000 of them dead for two reasons."""
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE sync_delivery")


def test_groups_count_the_dead_by_entity_and_reason_most_first() -> None:
    oldest = [dead(key=key, reason=reason).pk for key, reason in [("a", "A"), ("b", "B"), ("c", "B")]]
    accept("POST", "d")
    found = [(group.entity, group.reason, group.dead, group.oldest) for group in groups()]
    assert found == [("product", "B", 2, oldest[1]), ("product", "A", 1, oldest[0])]


def test_groups_tell_entities_apart() -> None:
    other = dead(key="", body=SALE, entity="partner_sale")
    mine = dead()
    assert {(group.entity, group.oldest) for group in groups()} == {("product", mine.pk), ("partner_sale", other.pk)}


def test_members_of_a_group_are_its_oldest() -> None:
    numbers = [dead(key=key, reason=reason).pk for key, reason in [("a", "B"), ("b", "A"), ("c", "B"), ("d", "B")]]
    assert members(entity="product", reason="B", most=2) == [numbers[0], numbers[2]]
    assert members(entity="product", reason="A", most=9) == [numbers[1]]
    assert members(entity="order", reason="B", most=9) == members(entity="product", reason="C", most=9) == []


def test_groups_count_the_records_behind_whose_dead_more_waits() -> None:
    for key in "abc":
        dead(key=key)
    for key in "aab":
        accept("PUT", key, {})
    assert [(group.dead, group.parked) for group in groups()] == [(3, 2)]


@pytest.mark.usefixtures("many")
def test_groups_and_their_members_are_found_by_their_index_alone() -> None:
    for sql, parameters in (
        (GROUPS, []),
        (MEMBERS, ["product", "A", 0, 500]),
        (EXTENT, ["product", "A"]),
        (ALL, [100]),
    ):
        plan = plan_of(sql, parameters)
        read = set(re.findall(r" using (\w+?)_from_\d+", plan))  # Each partition has its own.
        assert read <= {"sync_delivery_dead", "sync_delivery_unapplied"}
        assert "Seq Scan on sync_delivery" not in plan
    assert [(group.reason, group.dead, group.parked) for group in groups()] == [("A", 2500, 0), ("B", 2500, 0)]
    assert (count_dead(100), count_dead(9000)) == (100, 5000)


def test_those_behind_a_delivery_are_its_records_own_and_unapplied() -> None:
    first = dead(key="a")
    behind = [accept("PUT", "a", {}), accept("PUT", "a", {})]
    accept("PUT", "b", {})
    assert list(Delivery.objects.behind(first).order_by("pk")) == behind
    assert list(Delivery.objects.behind(behind[0])) == behind[1:]


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
        dead_letters.for_each(interrupted(), dead_letters.replay, seconds=60)
    assert states() == [*[State.ACCEPTED] * 2, *[DEAD] * 3]
    assert dead_letters.for_each(deliveries, dead_letters.replay, seconds=60).done == 3
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


def test_one_thing_is_done_to_each_and_counted() -> None:
    deliveries = [dead(key=key) for key in "abc"]
    dead_letters.replay(deliveries[1])
    assert dead_letters.for_each(deliveries, dead_letters.replay, seconds=9) == Tally(done=2, not_dead=1)
    assert states() == [State.ACCEPTED] * 3


def test_what_a_worker_has_in_hand_is_left_and_the_others_are_done() -> None:
    busy, *free = [dead(key=key) for key in "abc"]

    def act(delivery: Delivery) -> bool:
        if delivery == busy:
            raise Busy
        return dead_letters.replay(delivery)

    assert dead_letters.for_each([busy, *free], act, seconds=9) == Tally(done=2, left=1)


def test_what_time_does_not_suffice_for_is_left() -> None:
    assert dead_letters.for_each([dead()], dead_letters.replay, seconds=-1) == Tally(left=1)
    assert states() == [DEAD]


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
    monkeypatch.setattr("sync.operating.dead_letters.schemas", lambda: others)
    with pytest.raises(BadRequest) as refused:
        dead_letters.edit(delivery, b"{}")
    assert [fault.code for fault in refused.value.faults] == ["unknown_entity"]


def test_dry_run_changes_nothing(receive: Any) -> None:
    heard: list[Any] = []
    receive(lambda delivery, **_: heard.append(delivery.outcome))
    delivery = dead()
    found = dead_letters.dry_run(delivery)
    assert (found.faults, found.before, found.after["sku"]) == ((), None, "a")
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
    assert [fault.code for fault in dead_letters.dry_run(delivery).faults] == [code]


def test_dry_run_tells_what_the_database_would_refuse() -> None:
    delivery = dead(key="", body={**SALE, "partnerSkuCode": None}, entity="partner_sale")
    assert [fault.treekey for fault in dead_letters.dry_run(delivery).faults] == ["partner_sale"]
    assert states() == [DEAD]


def test_dry_run_tells_what_would_change() -> None:
    accept("POST", "a", {"name": "old", "price": 1})
    run()
    delivery = dead("PUT", "a", {"name": "new", "price": 1, "inventory": {"qty": 2}})
    assert dead_letters.dry_run(delivery).changes == [("name", "old", "new"), ("inventory_qty", None, 2)]
    assert (states()[-1], product("a").name) == (DEAD, "old")


def test_dry_run_of_a_deletion_tells_what_would_go() -> None:
    accept("POST", "a", {"name": "old"})
    run()
    found = dead_letters.dry_run(dead("DELETE", "a"))
    assert (found.before["name"], found.after) == ("old", None)


def test_dry_run_raises_what_a_receiver_raises(receive: Any) -> None:
    @receive
    def refuse(**_: Any) -> None:
        raise LookupError

    delivery = dead()
    with pytest.raises(LookupError):
        dead_letters.dry_run(delivery)
    assert dead_letters.trial(delivery) == Trial(failure="LookupError")
    assert states() == [DEAD]


def test_dry_run_of_what_is_not_dead_is_refused() -> None:
    delivery = dead()
    dead_letters.replay(delivery)
    with pytest.raises(NotDead):
        dead_letters.dry_run(delivery)
    assert dead_letters.trial(delivery) is None
    assert states() == [State.ACCEPTED]


def test_edit_of_what_is_not_dead_tells_no_faults() -> None:
    delivery = dead()
    dead_letters.replay(delivery)
    assert dead_letters.edit(delivery, b"{") is False


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
        with pytest.raises(Busy):
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
