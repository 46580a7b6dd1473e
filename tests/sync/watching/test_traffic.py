"""Every delivery is counted once in the state that it is in, whatever happens meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import F, Sum
from django.db.models.functions import Now
from django.utils import timezone

from sync.keeping import pruning
from sync.keeping.horizon import Horizon
from sync.models import Delivery, Gauge, Traffic, Unsettled
from sync.models.delivery import State
from sync.operating.replaying import Replay, Selection
from sync.watching import traffic
from tests.sync.factories import make_delivery
from tests.sync.writes import DATABASE, accept, dead, run, side_by_side, write

pytestmark = DATABASE
Line = tuple[datetime, str, str]


def counted(minutes: int = traffic.COARSE) -> Counter[Line]:
    """Return the deliveries by stretch, entity and state, as the counts have them."""
    lines = Traffic.objects.filter(minutes=minutes).values_list("start", "entity", "state")
    return +Counter({(start, entity, state): n for start, entity, state, n in lines.annotate(n=Sum("deliveries"))})


class Journal:
    """What the journal has, and what it had before it was pruned."""

    def __init__(self) -> None:
        self.seen: dict[int, Line] = {}

    def note(self) -> None:
        for delivery in Delivery.objects.only("accepted_at", "entity", "state"):
            start = delivery.accepted_at.replace(minute=0, second=0, microsecond=0)
            self.seen[delivery.pk] = (start, delivery.entity, delivery.state)

    def lines(self) -> Counter[Line]:
        self.note()
        return Counter(self.seen.values())


def do_anything(chance: random.Random, journal: Journal, horizon: Horizon) -> None:
    """Do one of all the things that happen to deliveries."""
    key = str(chance.randrange(6))
    dead_ones = Delivery.objects.filter(state=State.DEAD)
    doings: list[Callable[[], Any]] = [
        lambda: write("POST", key, is_async=False),
        lambda: write("DELETE", key, None),
        lambda: write("PUT", key, {"name": 1}, entity="company", is_async=False),
        lambda: age(write("PUT", key, {"name": "a"})),
        run,
        lambda: [each.bury("because") for each in Delivery.objects.filter(state=State.ACCEPTED)[:2]],
        lambda: [each.retry_later("because") for each in Delivery.objects.filter(state=State.ACCEPTED)[:1]],
        lambda: [each.replay() for each in dead_ones[:1]],
        lambda: [each.skip("by hand") for each in dead_ones[:1]],
        lambda: list(Replay(Selection("product", State.APPLIED), is_forced=True).run()),
        lambda: [journal.note(), list(pruning.prune(1))],
        lambda: traffic.keep(horizon),
        traffic.look,
    ]
    chance.choice(doings)()


def age(_answer: Any) -> None:
    """Have what is not counted yet been accepted five days ago."""
    place = Gauge.objects.filter(name=traffic.COUNTED).values_list("value", flat=True).first() or 0
    Delivery.objects.filter(pk__gt=place).update(accepted_at=Now() - timedelta(days=5))


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_the_deliveries_after_anything_in_any_order(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "BATCH", 3)
    monkeypatch.setattr(traffic, "COUNTING_SECONDS", 0)  # One batch at a time.
    monkeypatch.setattr(traffic, "LOOKING_SECONDS", 0)
    chance, journal, horizon = random.Random(seed), Journal(), Horizon()
    for _ in range(60):
        do_anything(chance, journal, horizon)
    traffic.catch_up()
    assert counted() == journal.lines()
    assert set(Unsettled.objects.values_list("pk", flat=True)) == set(
        Delivery.objects.unapplied().values_list("pk", flat=True)
    )


def test_delivery_that_is_committed_after_later_ones_is_counted() -> None:
    horizon = Horizon()
    first = connections.create_connection("default")
    try:
        with transaction.atomic(), first.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT nextval(pg_get_serial_sequence('sync_delivery', 'id'))")
            number = cursor.fetchone()[0]
        make_delivery()
        for _ in range(3):
            traffic.keep(horizon)
        assert counted().total() == 0
    finally:
        first.close()
    make_delivery(pk=number)
    for _ in range(2):
        traffic.keep(horizon)
    assert counted().total() == 2


def test_deliveries_are_counted_while_others_go_on_drawing_numbers() -> None:
    horizon, others = Horizon(), [connections.create_connection("default") for _ in range(4)]
    make_delivery()
    for other in others:  # Somebody holds the sequence at every moment, and none for long.
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT nextval(pg_get_serial_sequence('sync_delivery', 'id'))")
        traffic.keep(horizon)
        other.close()
    assert counted().total() == 1


@transaction.atomic
def interrupted() -> None:
    traffic.catch_up()
    transaction.set_rollback(True)


def test_interruption_neither_loses_nor_doubles() -> None:
    make_delivery()
    unfinished = accept("POST", "a")
    interrupted()
    assert counted().total() == 0
    traffic.catch_up()
    unfinished.bury("because")
    interrupted()
    traffic.catch_up()
    assert sorted(state for _, _, state in counted().elements()) == ["applied", "dead"]


def test_time_of_the_counts_waits_until_all_before_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "BATCH", 2)
    monkeypatch.setattr(traffic, "COUNTING_SECONDS", 0)
    newest, horizon = [make_delivery() for _ in range(5)][-1], Horizon()
    assert (traffic.keep(horizon), traffic.counted_before()) == (False, None)
    traffic.keep(horizon)
    assert traffic.keep(horizon)
    assert traffic.counted_before() > newest.accepted_at
    assert counted().total() == 5


def test_counters_side_by_side_count_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "BATCH", 2)
    for number in range(20):
        accept("POST", str(number))
    traffic.keep(Horizon())
    run()
    side_by_side(*[traffic.catch_up] * 4)
    traffic.catch_up()
    assert [(state, number) for (_, _, state), number in counted().items()] == [("applied", 20)]


@pytest.mark.parametrize("is_seen_unfinished", [False, True], ids=["uncounted", "counted-before-it-was-finished"])
def test_pruning_leaves_what_is_not_counted(*, is_seen_unfinished: bool) -> None:
    accept("POST", "a")
    Delivery.objects.update(accepted_at=Now() - timedelta(days=5))
    if is_seen_unfinished:
        traffic.catch_up()
    run()
    assert list(pruning.prune(1)) == []
    traffic.catch_up()
    assert list(pruning.prune(1)) == [1]
    assert [state for _, _, state in counted()] == ["applied"]


def test_unfinished_delivery_that_was_removed_by_hand_is_in_no_count() -> None:
    dead()
    traffic.catch_up()
    Delivery.objects.all().delete()
    traffic.catch_up()
    assert (counted(), Unsettled.objects.count()) == ({}, 0)


@pytest.mark.parametrize(
    ("took", "is_deferred", "under"),
    [
        pytest.param(timedelta(0), False, 0, id="at-once"),
        pytest.param(timedelta(0), True, 10, id="no-time"),
        pytest.param(timedelta(milliseconds=9.9), True, 10, id="below-a-bound"),
        pytest.param(timedelta(milliseconds=10), True, 20, id="at-a-bound"),
        pytest.param(timedelta(seconds=75), True, 120_000, id="minutes"),
        pytest.param(timedelta(days=6), True, 604_800_000, id="days"),
        pytest.param(timedelta(days=7), True, traffic.BEYOND_MS, id="beyond"),
        pytest.param(timedelta(seconds=-1), True, 10, id="clock-set-back"),
    ],
)
def test_time_to_be_applied_is_counted_by_its_bound(*, took: timedelta, is_deferred: bool, under: int) -> None:
    now = timezone.now()
    make_delivery(accepted_at=now - took, finished_at=now, is_deferred=is_deferred)
    traffic.catch_up()
    assert set(Traffic.objects.values_list("under_ms", flat=True)) == {under}


def test_rejected_delivery_has_no_time_to_be_applied() -> None:
    make_delivery(state="rejected", is_deferred=True)
    traffic.catch_up()
    assert set(Traffic.objects.values_list("under_ms", flat=True)) == {0}


def test_fine_counts_agree_with_coarse_ones_and_go_first() -> None:
    for _ in range(3):
        make_delivery()
    traffic.catch_up()
    assert counted(traffic.FINE).total() == counted().total() == 3
    Traffic.objects.update(start=F("start") - timedelta(days=3))
    traffic.prune()
    assert (counted(traffic.FINE).total(), counted().total()) == (0, 3)
    Traffic.objects.update(start=F("start") - timedelta(days=90))
    traffic.prune()
    assert counted().total() == 0
    assert counted(traffic.EVER).total() == 3  # For metrics, which never fall.


def test_counts_of_a_name_that_is_no_entity_go_with_its_deliveries() -> None:
    for entity in ("product", "made-up"):
        make_delivery(entity=entity, state="rejected")
    traffic.catch_up()
    traffic.prune()
    assert counted(traffic.EVER).total() == 2
    Traffic.objects.filter(minutes=traffic.COARSE).update(start=F("start") - timedelta(days=91))
    traffic.prune()
    assert set(Traffic.objects.filter(minutes=traffic.EVER).values_list("entity", flat=True)) == {"product"}
