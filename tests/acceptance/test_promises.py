"""A short case of each promise, with real processes; `make storm` has the long ones."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from tests.acceptance import backlogs, hot_record, tables
from tests.acceptance.checker import check, drain, shown
from tests.acceptance.faults import frozen, kill
from tests.acceptance.history import POST, Sent
from tests.acceptance.hostile.stack import HostileStack, hostile_stack, until
from tests.acceptance.load import Load, client_of, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BACKLOG = 2000
HOT = 400


@pytest.fixture(scope="module")
def stack() -> Iterator[HostileStack]:
    """A stack that each test leaves healthy, with nothing on its way."""
    with hostile_stack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def _healthy(stack: HostileStack) -> Iterator[None]:
    stack.programs.heal()
    yield
    assert stack.orders.open() == []


def test_write_is_applied_once_when_web_processes_are_killed(stack: HostileStack) -> None:
    with Load(stack, "web-killed", writes=40) as load:
        for answered in (20, 60, 100):
            until(lambda answered=answered: load.answered >= answered, "answers")
            kill(stack.programs.children("web")[0])
        kill(stack.programs.named("web"))
    check(stack, load.history)


@pytest.mark.parametrize("moment", ["web-before-commit", "web-before-answer"])
def test_repeat_has_one_effect_when_web_was_killed(stack: HostileStack, moment: str) -> None:
    stack.orders.give(moment, signal.SIGKILL, times=2)
    with Load(stack, moment, writes=15) as load:
        pass
    check(stack, load.history)


@pytest.mark.parametrize("moment", ["before-claim", "after-claim", "before-commit", "after-commit"])
def test_deferred_write_is_applied_once_when_its_worker_was_killed(stack: HostileStack, moment: str) -> None:
    stack.orders.give(f"worker-{moment}", signal.SIGKILL, times=2)
    with Load(stack, moment, writes=10, async_share=0.9) as load:
        pass
    check(stack, load.history)
    until(lambda: not stack.orders.open(), "an obeyed order")


def test_backlog_is_applied_once_when_workers_are_killed_and_some_records_are_poison(stack: HostileStack) -> None:
    poison = backlogs.creations("ill", [f"poison-{number}" for number in range(3)])
    healthy = backlogs.creations("healthy", [f"healthy-{number}" for number in range(BACKLOG - 3)])
    stack.orders.infect("poison")
    stack.orders.give("worker-before-commit", signal.SIGKILL, times=3)
    backlogs.store(stack, poison)
    backlogs.store(stack, healthy)
    until(lambda: (tables.waiting(stack, ["healthy"]) or BACKLOG) < BACKLOG // 2, "half of the backlog")
    kill(stack.programs.named("worker"))
    check(stack, healthy)
    assert {(stored.state, stored.reason) for stored in tables.deliveries(stack, ["ill"])} == {
        ("retrying", "ValueError")
    }
    stack.orders.cure("poison")
    check(stack, poison)


def test_writes_are_applied_by_the_dispatcher_when_valkey_was_never_there(stack: HostileStack) -> None:
    with stack.programs.without("valkey", "dispatcher", "web"):
        stack.programs.start("web", "dispatcher")
        with Load(stack, "no-valkey", writes=20) as load:
            pass
        check(stack, load.history)
        stack.programs.stop("dispatcher", "web")


def test_nothing_is_lost_when_valkey_is_flushed_and_killed(stack: HostileStack) -> None:
    with Load(stack, "flushed", writes=25) as load:
        for answered in (10, 30, 50):
            until(lambda answered=answered: load.answered >= answered, "answers")
            with stack.valkey() as valkey:
                valkey.flushall()
        kill(stack.programs.named("valkey"))
    check(stack, load.history)


def test_writes_are_answered_while_valkey_is_frozen(stack: HostileStack) -> None:
    with frozen(stack.programs.named("valkey")):
        with Load(stack, "frozen", writes=20, async_share=0.9) as load:
            pass
        drain(stack, load.history.process_ids)
        assert not load.troubles
    check(stack, load.history)


def test_nothing_is_lost_when_postgresql_is_killed(stack: HostileStack) -> None:
    with Load(stack, "crash", writes=40) as load:
        until(lambda: load.answered >= 40, "answers")
        kill(stack.programs.named("postgres"))
    check(stack, load.history)


def test_writes_go_on_while_partitions_are_made_and_the_oldest_is_dropped(stack: HostileStack) -> None:
    with Load(stack, "filling", authors=2) as load:
        for count in (len(tables.partitions(stack)) + 1, len(tables.partitions(stack)) + 2):
            tables.fill_partitions(stack)
            by_a_new_dispatcher(stack, lambda count=count: len(tables.partitions(stack)) >= count)
        tables.fill_partitions(stack)
    check(stack, load.history)
    oldest, following, *_ = tables.partitions(stack)
    tables.age(stack, days=95, before=following)
    before = tables.received(stack)
    with Load(stack, "dropping", authors=2) as load:
        by_a_new_dispatcher(stack, lambda: oldest not in tables.partitions(stack))
    check(stack, load.history)
    assert tables.received(stack) == before + len(tables.deliveries(stack, load.history.process_ids))


def by_a_new_dispatcher(stack: HostileStack, has_done: Callable[[], bool]) -> None:
    """Kill the dispatcher: the next one does first of all what each does once in a minute."""
    kill(stack.programs.named("dispatcher"))
    until(has_done, "the dispatcher", seconds=200)


def test_updates_of_a_hot_record_are_applied_in_order_by_eight_workers(stack: HostileStack) -> None:
    hot_record.check_order(stack, updates=HOT)


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_identical_requests_at_once_have_one_effect_and_the_same_answer(stack: HostileStack, *, is_async: bool) -> None:
    name = f"twins-{is_async}"
    writes = [Sent(POST, f"{name}-{number}", 1, name, is_async) for number in range(15)]
    with ThreadPoolExecutor(8) as pool:
        different = [sent for sent in writes if len(answers_at_once(stack, pool, sent)) != 1]
    assert not different, shown(different)
    for sent in writes:
        sent.status, sent.tries = 202 if is_async else 201, 8
    check(stack, backlogs.History(writes))


def answers_at_once(stack: HostileStack, pool: ThreadPoolExecutor, sent: Sent) -> set[bytes]:
    """Send one request eight times at once and return the different answers."""
    barrier = Barrier(8)

    def answer(_number: int) -> bytes:
        with client_of(stack) as http:
            barrier.wait(30)
            return send(http, sent).raise_for_status().content

    return set(pool.map(answer, range(8)))
