"""The journal's partitions: made ahead, and dropped when all in them is old."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib import import_module
from io import StringIO
from threading import get_ident
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.test import override_settings

from sync.accepting.answers import Answer
from sync.delivery import asking
from sync.keeping import dropping, floors, partitions, pruning
from sync.keeping.partitions import width
from sync.models import Delivery, FollowUp, Gauge, Ledger, Unsettled
from sync.models.delivery import State
from sync.watching import traffic
from tests.plans import plan_of, plan_of_rows
from tests.sync.writes import DATABASE, accept, dead, product, run, side_by_side, states, write

pytestmark = DATABASE
NEAR = "SELECT setval(pg_get_serial_sequence('sync_delivery', 'id'), %s)"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have partitions of few numbers, and the one that all other tests have afterwards."""
    monkeypatch.setattr(partitions, "LEAST", 4)
    monkeypatch.setattr(partitions, "width", lambda _filling: 200)
    yield
    with transaction.atomic():
        partitions.take_table()
        for partition in partitions.partitions():
            partitions.run(f"DROP TABLE {partition.name}")
        partitions.create(partitions.Partition("sync_delivery_from_1", 0, None))


def ranges() -> list[tuple[int, int | None]]:
    return [(partition.first, partition.end) for partition in partitions.partitions()]


def first_of_a_new_partition() -> int:
    """Draw numbers up to the last partition; return where it begins."""
    assert partitions.extend()
    first = partitions.partitions()[-1].first
    partitions.run(NEAR, [first - 1])
    return first


def age(days: int, **wanted: Any) -> None:
    Delivery.objects.filter(**wanted).update(accepted_at=Now() - timedelta(days=days))


@pytest.fixture
def full() -> list[Delivery]:
    """Have two partitions that are full: deliveries of 9 days, applied but for a dead one and what waits for it."""
    applied = [accept("POST", key) for key in "xyz"]
    run()
    waiting = [dead(key="a"), accept("PUT", "a", {"price": 2}), accept("PUT", "a", {"price": 3})]
    first_of_a_new_partition()
    applied += [accept("POST", key) for key in "uvw"]
    run()
    first_of_a_new_partition()
    partitions.extend()
    age(9)
    traffic.catch_up()
    return applied[:3] + waiting


def received() -> int:
    return Delivery.objects.count() + (Ledger.objects.aggregate(total=Sum("deliveries"))["total"] or 0)


def test_small_journal_has_one_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LEAST", 10**15)
    accept("POST", "a")
    assert not partitions.extend()
    assert ranges() == [(0, None)]


def test_partition_gets_an_end_before_it_is_full() -> None:
    for key in "abc":
        accept("POST", key)
    assert partitions.extend()
    assert not partitions.extend()
    (_, end), (first, no_end) = ranges()
    assert partitions.drawn() < first == end
    assert no_end is None
    assert Delivery.objects.count() == 3


def test_partition_holds_what_is_drawn_in_a_part_of_the_days_at_the_present_rate() -> None:
    for key in "abc":
        accept("POST", key)
    age(2)
    partition = partitions.Partition("", partitions.drawn() - 80, None)
    with override_settings(CONNECTOR_DELIVERY_DAYS=40, CONNECTOR_DELIVERY_PARTITIONS=4):
        assert width(partition) in (399, 400)


def test_writes_go_on_beyond_a_last_partition_that_nobody_ended_in_time() -> None:
    first_of_a_new_partition()
    late = [accept("POST", key) for key in "abc"]
    assert partitions.extend()
    assert late[-1].pk < partitions.partitions()[-1].first
    assert Delivery.objects.filter(pk__in=[delivery.pk for delivery in late]).count() == 3


def test_partitions_follow_one_another_without_a_gap(full: list[Delivery]) -> None:
    bounds = ranges()
    assert len(bounds) == 4
    assert [first for first, _ in bounds[1:]] == [end for _, end in bounds[:-1]]


def test_what_is_looked_for_by_its_number_is_looked_for_in_one_partition(full: list[Delivery]) -> None:
    plan = plan_of_rows(Delivery.objects.filter(pk=full[0].pk))
    assert "sync_delivery_pkey_from_1" in plan
    assert plan.count("Scan") == 1


def test_newest_deliveries_are_read_from_the_last_partitions(full: list[Delivery]) -> None:
    plan = plan_of(*Delivery.objects.order_by("-pk")[:3].query.sql_with_params(), how=["ANALYZE", "COSTS OFF"])
    assert "never executed" in plan


def test_old_partitions_are_dropped_and_what_is_unfinished_moves_forward(full: list[Delivery]) -> None:
    total, unfinished = received(), [delivery.pk for delivery in full[3:]]
    assert list(dropping.drop_old(5)) == [3, 3]
    assert list(Delivery.objects.order_by("pk").values_list("pk", flat=True)) == unfinished
    assert (received(), len(ranges())) == (total, 2)
    assert not left_over()


def test_what_moved_forward_is_applied_in_its_order(full: list[Delivery]) -> None:
    list(dropping.drop_old(5))
    Delivery.objects.get(pk=full[3].pk).replay()
    run()
    assert (states(), product("a").price) == (["applied"] * 3, 3)


def left_over() -> list[Any]:
    return partitions.fetched("SELECT relname FROM pg_class WHERE relname LIKE %s", ["%_gone"])


def test_partition_that_was_taken_away_is_dropped_after_a_crash(full: list[Delivery]) -> None:
    total = received()
    assert dropping.take_away_oldest(5) == 3
    assert (received(), len(left_over())) == (total, 1)
    assert list(dropping.drop_old(5)) == [3]
    assert (received(), left_over()) == (total, [])


@pytest.mark.parametrize("step", ["write_down", "move_forward"])
def test_crash_while_a_partition_is_taken_away_changes_nothing(
    full: list[Delivery], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, done = ranges(), getattr(dropping, step)

    def crash(*asked: Any) -> None:
        done(*asked)
        raise DatabaseError

    monkeypatch.setattr(dropping, step, crash)
    with pytest.raises(DatabaseError):
        list(dropping.drop_old(5))
    assert (ranges(), Delivery.objects.count(), Ledger.objects.count()) == (before, 9, 0)


def test_writes_go_on_while_partitions_are_dropped(full: list[Delivery]) -> None:
    total = received()

    def write() -> None:
        for number in range(40):
            accept("POST", f"{get_ident()}-{number}")

    side_by_side(write, write, lambda: list(dropping.drop_old(5)))
    list(dropping.drop_old(5))
    assert (received(), len(ranges())) == (total + 80, 2)
    run()
    assert states(state=State.ACCEPTED, record_key__contains="-") == []


def test_all_who_prune_at_once_count_each_delivery_once(full: list[Delivery]) -> None:
    total = received()
    side_by_side(*[lambda: list(dropping.drop_old(5))] * 2, *[lambda: list(pruning.prune(5))] * 2)
    list(dropping.drop_old(5))
    list(pruning.prune(5))
    assert (received(), Delivery.objects.count()) == (total, 3)


def follow(delivery: Delivery) -> None:
    FollowUp.objects.create(hook="x", delivery=delivery.pk, due_at=None)


def note_as_unfinished(delivery: Delivery) -> None:
    Unsettled.objects.create(delivery=delivery.pk, entity="product", accepted_at=delivery.accepted_at, state="accepted")


@pytest.mark.parametrize("hold", [follow, note_as_unfinished])
def test_what_pruning_by_row_would_leave_moves_forward(full: list[Delivery], hold: Callable[[Delivery], None]) -> None:
    hold(full[0])
    assert list(dropping.drop_old(5)) == [2, 3]
    assert Delivery.objects.filter(pk=full[0].pk).exists()


def test_what_is_unfinished_moves_forward_although_no_count_knows_of_it(full: list[Delivery]) -> None:
    Unsettled.objects.all().delete()
    assert list(dropping.drop_old(5)) == [3, 3]
    assert list(Delivery.objects.order_by("pk")) == full[3:]


def test_partition_stays_until_two_follow_it() -> None:
    accept("POST", "a")
    first_of_a_new_partition()
    accept("POST", "b")
    run()
    age(9)
    traffic.catch_up()
    assert list(dropping.drop_old(5)) == []
    assert partitions.extend()
    assert list(dropping.drop_old(5)) == [1]


def make_young(delivery: Delivery) -> None:
    age(1, pk=delivery.pk)


def uncount(_delivery: Delivery) -> None:
    Gauge.objects.filter(name=traffic.COUNTED).update(value=0)


@pytest.mark.parametrize("hold", [make_young, uncount])
def test_partition_stays_whole(full: list[Delivery], hold: Callable[[Delivery], None]) -> None:
    hold(full[0])
    assert list(dropping.drop_old(5)) == []
    assert Delivery.objects.count() == 9


def test_partition_stays_when_too_much_of_it_would_move(full: list[Delivery], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "MOVED_AT_MOST", 2)
    assert list(dropping.drop_old(5)) == []


@pytest.mark.parametrize(("parts", "removed"), [(1, []), (8, [6])], ids=["not late", "late"])
def test_deliveries_wait_for_their_partition_until_they_are_late(
    full: list[Delivery], parts: int, removed: list[int]
) -> None:
    with override_settings(CONNECTOR_DELIVERY_PARTITIONS=parts):
        Delivery.objects.filter(pk__gt=full[-1].pk).update(accepted_at=Now() - timedelta(days=9))
        assert list(pruning.prune(5)) == removed


@contextmanager
def elsewhere(*statements: str) -> Iterator[Any]:
    """Have somebody else in a transaction in which these statements ran."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            for statement in ("BEGIN", *statements):
                cursor.execute(statement)
            yield cursor
            cursor.execute("ROLLBACK")  # A server takes its time to see that a connection was closed.
    finally:
        other.close()


@pytest.fixture
def due(full: list[Delivery]) -> int:
    """Have a partition to be dropped and one to be made; return how many there are."""
    partitions.run(NEAR, [partitions.partitions()[-1].first - 1])
    return len(ranges())


def test_partitions_stay_while_a_long_transaction_uses_the_journal(due: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "IS_LONG_IN_USE", partitions.IS_LONG_IN_USE.replace("1 s", "0 s"))
    with elsewhere("SELECT FROM sync_delivery LIMIT 1"):
        assert not partitions.extend()
        assert list(dropping.drop_old(5)) == []
    assert partitions.extend()
    assert list(dropping.drop_old(5)) == [3, 3]


@pytest.mark.parametrize("taken", ["pg_advisory_xact_lock", "pg_advisory_xact_lock_shared"])
def test_partitions_stay_while_others_change_them_or_prune(due: int, taken: str) -> None:
    with elsewhere(f"SELECT {taken}({partitions.NUMBER})"):
        assert not partitions.extend()
        assert list(dropping.drop_old(5)) == []
    assert len(ranges()) == due


def test_nothing_is_pruned_while_others_change_partitions(full: list[Delivery]) -> None:
    with override_settings(CONNECTOR_DELIVERY_PARTITIONS=8):
        with elsewhere(f"SELECT pg_advisory_xact_lock({partitions.NUMBER})"):
            assert list(pruning.prune(5)) == []
        assert list(pruning.prune(5)) == [6]


def test_nobody_waits_long_behind_who_waits_for_the_journal(full: list[Delivery]) -> None:
    with transaction.atomic():
        partitions.take_table()
        assert partitions.fetched("SHOW lock_timeout") == [("1500ms",)]
        assert partitions.fetched("SHOW statement_timeout") == [("3s",)]


def test_who_prunes_without_knowing_of_partitions_waits_for_who_drops_one(
    full: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def write_down(_going: Any) -> None:
        with elsewhere("SET LOCAL lock_timeout = '50ms'") as cursor:
            with pytest.raises(OperationalError):
                cursor.execute("UPDATE sync_ledger SET deliveries = deliveries + 1")
            refused.append("ledger")

    monkeypatch.setattr(dropping, "write_down", write_down)
    assert list(dropping.drop_old(5)) == [3, 3]
    assert refused == ["ledger"] * 2


def test_last_partition_takes_over_ranges_without_a_look_at_its_rows(due: int) -> None:
    """A check of its own says where each ends."""
    assert partitions.extend()
    checked = partitions.fetched(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = 'sync_delivery_ends' AND convalidated"
    )
    assert {name for (name,) in checked} == {each.name for each in partitions.partitions() if each.end}


def note_floors() -> dict[str, int]:
    """Note from where on is looked; return it as other processes read it."""
    floors.note()
    floors.floors.forget()
    return floors.floors()


def test_nothing_is_left_out_while_a_partition_has_a_dead_delivery_or_young_ones(full: list[Delivery]) -> None:
    assert note_floors() == {floors.YOUNG: ranges()[2][0], floors.OPEN: 0}
    make_young(full[-1])
    with override_settings(CONNECTOR_REPEAT_HOURS=24):
        assert note_floors()[floors.YOUNG] == 0


def test_nothing_is_left_out_of_a_partition_whose_numbers_are_not_decided(full: list[Delivery]) -> None:
    full[3].replay()
    run()
    uncount(full[0])
    assert note_floors() == {floors.YOUNG: 0, floors.OPEN: 0}


@pytest.mark.parametrize("sql", [asking.OF_RECORD, asking.UNAPPLIED], ids=["repeat", "work"])
def test_record_is_not_looked_for_where_all_is_old_and_finished(full: list[Delivery], sql: str) -> None:
    full[3].replay()
    run()
    assert note_floors() == dict.fromkeys([floors.YOUNG, floors.OPEN], ranges()[2][0])
    parameters = [1, 1, "product", "a", 24] if sql == asking.OF_RECORD else [1, "product", "a"]
    looked_at = set(re.findall(r"sync_delivery_from_\d+", plan_of(floors.raised(sql), parameters)))
    assert looked_at == {partition.name for partition in partitions.partitions()[2:]}


def test_write_waits_behind_a_dead_one_in_an_old_partition(full: list[Delivery]) -> None:
    note_floors()
    answer = write("PUT", "a", {"price": 9}, is_async=False)
    assert isinstance(answer, Answer)
    assert answer.status == 202


def test_repeat_is_known_of_a_young_write_in_an_older_partition() -> None:
    first = accept("POST", "a", process_id="p")
    run()
    first_of_a_new_partition()
    accept("POST", "b")
    run()
    traffic.catch_up()
    note_floors()
    assert accept("POST", "a", process_id="p").pk == first.pk


def test_command_removes_partitions_and_tells_how_many_deliveries(full: list[Delivery]) -> None:
    out = StringIO()
    call_command("prune", days=5, json=True, stdout=out)
    assert json.loads(out.getvalue())["deliveries"] == {"found": 6, "removed": 6}
    assert len(ranges()) == 2


MIGRATION = import_module("sync.migrations.0022_partition_deliveries")


@pytest.mark.parametrize("few", [0, 10**15], ids=["many", "few"])
def test_table_becomes_its_own_first_partition_and_again_a_table(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MIGRATION, "FEW", few)
    accept("POST", "a")
    first_of_a_new_partition()
    earlier = accept("POST", "b")
    with connection.schema_editor(atomic=False) as editor:
        MIGRATION.unite(None, editor)
        between = accept("POST", "c")
        MIGRATION.partition(None, editor)
    assert (between.pk, len(ranges())) == (earlier.pk + 1, 2 if few == 0 else 1)
    run()
    assert states() == ["applied"] * 3


def test_migration_that_long_work_keeps_from_the_table_says_what_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that began while the end of the numbers was proved, such as a dump."""
    monkeypatch.setattr(MIGRATION, "FEW", 0)
    with ExitStack() as dump, connection.schema_editor(atomic=False) as editor:
        MIGRATION.unite(None, editor)
        with monkeypatch.context() as patch:
            patch.setattr(MIGRATION, "split", beside(dump, MIGRATION.split))
            with pytest.raises(OperationalError) as raised:
                MIGRATION.partition(None, editor)
        dump.close()
        partitions.run("RESET lock_timeout")
        MIGRATION.partition(None, editor)
    assert "migrate again" in raised.value.__notes__[0]
    assert len(ranges()) == 2


def beside(dump: ExitStack, split: Callable[..., None]) -> Callable[..., None]:
    """Have a step beside a dump, for which it does not wait long."""

    def begin(*asked: Any) -> None:
        dump.enter_context(elsewhere("SELECT FROM sync_delivery LIMIT 1"))
        partitions.run("SET SESSION lock_timeout = '100ms'")
        split(*asked)

    return begin
