"""Lanes: there are always all, the oldest work comes first, and looking for work never reads the backlog."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from entities.schema import schemas
from sync.applying import lanes, marks, turns
from sync.delivery import asking, entering
from sync.delivery.command import judge
from sync.delivery.write import Write, lock_number
from sync.keeping import pruning
from sync.models import Delivery, Lane
from sync.models.delivery import LANES, Method, State
from tests.plans import plan_of
from tests.sync.writes import DATABASE, accept, side_by_side

pytestmark = DATABASE


def locked() -> list[int]:
    with transaction.atomic():
        return [lane.pk for lane in lanes.lock_next()]


@pytest.mark.parametrize("command", [("migrate",), ("flush", "--no-input")], ids=["migrate", "flush"])
def test_every_lane_is_there_after(command: tuple[str, ...]) -> None:
    Lane.objects.filter(pk__lt=9).delete()
    call_command(*command, verbosity=0)
    assert sorted(Lane.objects.values_list("pk", flat=True)) == list(range(LANES))


def test_record_has_one_lane_for_ever_and_all_lanes_are_used() -> None:
    hashes = [lock_number("product", str(number)) for number in range(5000)]
    assert {number % LANES for number in hashes} == set(range(LANES))
    assert accept("POST", "a").lane == accept("PUT", "a").lane == lock_number("product", "a") % LANES


def test_lanes_are_locked_by_the_age_of_their_oldest_work() -> None:
    for key in "abcde":
        accept("POST", key)
    Delivery.objects.filter(record_key="a").update(state=State.DEAD, runnable_at=None)
    Delivery.objects.filter(record_key="d").update(state=State.RETRYING)
    Delivery.objects.filter(record_key="e").update(state=State.RETRYING, runnable_at=Now() + timedelta(hours=1))
    found = Delivery.objects.filter(record_key__in="bcd").order_by("pk").values_list("lane", flat=True)
    assert locked() == list(found)


def test_lane_that_is_locked_is_passed_over() -> None:
    first, second = accept("POST", "a"), accept("POST", "b")
    with transaction.atomic():
        Lane.objects.select_for_update().get(pk=first.lane)
        assert side_by_side(locked) == [[second.lane]]


def test_lane_with_a_small_batch_is_taken_alone_when_its_work_is_oldest() -> None:
    first, second, third = (accept("POST", key) for key in "abc")
    Lane.objects.filter(pk=second.lane).update(batch_size=4)
    assert locked() == [first.lane, third.lane]
    Lane.objects.filter(pk=first.lane).update(batch_size=8)
    assert locked() == [first.lane]


def test_lane_with_a_small_batch_leaves_the_others_to_other_workers() -> None:
    first, second = accept("POST", "a"), accept("POST", "b")
    Lane.objects.filter(pk=first.lane).update(batch_size=4)
    with transaction.atomic():
        assert [lane.pk for lane in lanes.lock_next()] == [first.lane]
        assert side_by_side(locked) == [[second.lane]]


@pytest.mark.parametrize("state", [State.HELD, State.DEAD, State.SKIPPED])
def test_there_is_no_work_where_nothing_may_be_taken(state: str) -> None:
    delivery = accept("POST", "a")
    assert lanes.have_work()
    done = delivery.accepted_at if state == State.SKIPPED else None
    Delivery.objects.update(state=state, runnable_at=None, finished_at=done)
    assert not lanes.have_work()
    assert locked() == []


def test_work_is_seen_while_its_lane_is_locked() -> None:
    accept("POST", "a")
    with transaction.atomic():
        assert lanes.lock_next()
        assert side_by_side(lanes.have_work) == [True]


# Plans, with 20,000 deliveries in the table

FILL = """
    INSERT INTO sync_delivery (state, outcome, entity, record_key, record_hash, lane, method, client_id, process_id,
        idempotency_key, digest, body, body_size, ignored, errors, accepted_at, finished_at, runnable_at, is_deferred,
        tries, crashes, reason)
    SELECT state, CASE state WHEN 'applied' THEN 'created' END, 'product', (n %% 5000)::text, n %% 5000, n %% 256,
        'POST', 1, '', CASE WHEN n %% 2 = 0 THEN n::text ELSE '' END, '', '', 0, '[]', '[]',
        now() - make_interval(days => 20000 - n),
        CASE state WHEN 'applied' THEN now() END,
        CASE state WHEN 'retrying' THEN now() + interval '1 h' WHEN 'accepted' THEN
            CASE WHEN n %% 7 > 0 THEN now() END END, true, 0, 0, ''
    FROM (SELECT n, CASE WHEN n < 10000 THEN 'applied' WHEN n %% 3 = 0 THEN 'retrying' ELSE 'accepted' END AS state
          FROM generate_series(1, 20000) AS n) AS made WHERE %s
"""


@pytest.fixture
def _filled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [True])
        cursor.execute("ANALYZE sync_delivery")


@pytest.mark.usefixtures("_filled")
def test_looking_for_work_probes_an_index_for_each_lane() -> None:
    plan = plan_of(lanes.WITH_WORK + lanes.LOCKED, [0, 16])
    assert "sync_delivery_ready" in plan
    assert "sync_delivery_retrying" in plan
    assert "Seq Scan on sync_delivery" not in plan


@pytest.fixture
def _unexpected(_filled: None) -> None:
    """Have statistics that were taken while nothing waited, and then a backlog."""
    with connection.cursor() as cursor:
        cursor.execute(BECOME.format("'applied', outcome = 'updated', finished_at = now(), runnable_at = NULL"))
        cursor.execute("VACUUM ANALYZE sync_delivery")
        cursor.execute(BECOME.format("'accepted', outcome = NULL, finished_at = NULL, runnable_at = now()"))


BECOME = "UPDATE sync_delivery SET state = {}"
WAITING_ONE = asking.UNAPPLIED.replace("%s", "'1'")


@pytest.mark.usefixtures("_unexpected")
@pytest.mark.parametrize(
    ("sql", "parameters"),
    [(lanes.WITH_WORK, [0, 16]), (turns.TAKE, {"lanes": [1, 2], "size": 500}), (WAITING_ONE, []), (marks.MARK, ["[]"])],
    ids=["look", "take", "enter", "mark"],
)
def test_backlog_is_not_read_by_state_when_statistics_know_of_nothing_that_waits(sql: str, parameters: Any) -> None:
    plan = plan_of(sql, parameters)
    assert "sync_delivery_not_applied" not in plan, plan
    assert "Seq Scan on sync_delivery" not in plan, plan


RECORDS = {"hashes": [1, 2, 3], "entities": ["product"] * 3, "keys": ["1", "2", "3"]}


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize(
    ("sql", "parameters", "indexes"),
    [
        (turns.TAKE, {"lanes": list(range(16)), "size": 500}, ["sync_delivery_ready", "sync_delivery_retrying"]),
        (turns.OBSTACLES, {**RECORDS, "taken": [1, 2]}, ["sync_delivery_obstacle"]),
        (turns.RELEASE, {**RECORDS, "limit": 1000}, ["sync_delivery_obstacle", "sync_delivery_pkey"]),
    ],
    ids=["take", "obstacles", "release"],
)
def test_turns_are_found_by_indexes(sql: str, parameters: Any, indexes: list[str]) -> None:
    plan = plan_of(sql, parameters)
    assert all(index in plan for index in indexes), plan
    assert "Seq Scan on sync_delivery" not in plan


STOCK = """
    INSERT INTO entities_product (sku, categories, attributes)
    SELECT number, ARRAY[]::text[], '[]' FROM generate_series(1, 5000) AS number
"""


@pytest.fixture
def _stocked(_filled: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO entities_product (sku, categories, attributes) SELECT n, ARRAY[]::text[], '[]' FROM generate_series(1, 5000) AS n"
        )
        cursor.execute("ANALYZE entities_product")


@pytest.mark.usefixtures("_stocked")
@pytest.mark.parametrize("key", ["", "k"], ids=["record", "idempotency key"])
def test_entering_finds_by_indexes(key: str) -> None:
    asked: list[Any] = []
    write = Write(1, "product", Method.POST, b'{"sku": "17"}', process_id="p", idempotency_key=key)
    command = judge(write, schemas()["product"], None, [])
    assert command
    with (
        transaction.atomic(),
        connection.execute_wrapper(lambda run, sql, *rest: asked.append((sql, rest[0])) or run(sql, *rest)),
    ):
        entering.enter(command)
    plan = plan_of(*asked[1])  # After the lock.
    assert "sync_delivery_unapplied" in plan
    assert ("sync_delivery_idempotent" if key else "sync_delivery_of_record") in plan
    assert "entities_product_sku" in plan
    assert "Seq Scan" not in plan


@pytest.mark.usefixtures("_filled")
def test_retrying_deliveries_are_not_read_before_their_time() -> None:
    Delivery.objects.filter(state=State.ACCEPTED).delete()
    Delivery.objects.filter(state=State.RETRYING).update(lane=F("id") % 16)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sync_delivery")
    plan = plan_of(lanes.WITH_WORK, [0, 16], ["ANALYZE", "BUFFERS", "COSTS OFF", "TIMING OFF"])
    assert max(map(int, re.findall(r"Rows Removed by Filter: (\d+)", plan)), default=0) <= LANES


@pytest.mark.usefixtures("_filled")
def test_pruning_does_not_read_what_is_young() -> None:
    assert "sync_delivery_by_age" in plan_of(
        pruning.PRUNE, {"days": 19_990, "late": 19_995, "open": 1, "most": pruning.BATCH}
    )
