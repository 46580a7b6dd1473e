"""The service behind a real PgBouncer that pools transactions: what holds without one holds with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from connector.edge.checks import LIMITED, LIMITS
from connector.settings import TIMEOUTS
from tests import pgbouncer
from tests.acceptance import tables
from tests.acceptance.backlogs import History
from tests.acceptance.checker import check, drain, shown
from tests.acceptance.extra_worker import extra_worker, forge_wake_ups
from tests.acceptance.history import POST, PUT, Sent
from tests.acceptance.hostile.stack import HostileStack, until
from tests.acceptance.load import Load, client_of, send
from tests.acceptance.local_stack import CHECKOUT, PATIENCE, running
from tests.acceptance.test_promises import answers_at_once
from tests.clusters import folder
from tests.databases import libpq_url, migrated_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.pgbouncer import PgBouncer

pytestmark = pytest.mark.skipif(
    not (pgbouncer.PROGRAM or "CI" in os.environ),
    reason="not checked: nothing runs behind PgBouncer, there is none here (package pgbouncer)",
)
PREPARES = bool(pgbouncer.PROGRAM) and pgbouncer.version() >= pgbouncer.PREPARES_FROM
HOT = 300


class PooledStack(HostileStack):
    """A stack whose every process reaches its database through a pooler."""

    def __init__(self, run_dir: Path, bouncer: PgBouncer, direct: str) -> None:
        super().__init__(
            run_dir,
            DATABASE_URL=bouncer.url,
            DATABASE_DIRECT_URL=direct,
            DATABASE_POOLED="true",
            DATABASE_PREPARE=str(PREPARES).lower(),
        )
        self.bouncer = bouncer
        self.direct = direct

    @property
    def database_url(self) -> str:
        return self.direct


@pytest.fixture(scope="module")
def stack() -> Iterator[PooledStack]:
    """A pooled stack that each test leaves healthy."""
    direct = libpq_url(migrated_database("pooled"))
    with psycopg.connect(direct) as server:
        host = server.info.host
    settings = {"max_prepared_statements": "200"} if PREPARES else {}
    with folder() as home:
        bouncer = pgbouncer.PgBouncer(home / "pool", host, "pooled", settings)
        with pgbouncer.pooling(bouncer), running(partial(PooledStack, bouncer=bouncer, direct=direct)) as stack:
            yield stack


@pytest.fixture(autouse=True)
def _healthy(stack: PooledStack) -> Iterator[None]:
    stack.programs.heal()
    yield
    assert stack.orders.open() == []


def test_whole_contract_holds_behind_a_pooler(stack: PooledStack) -> None:
    tokens = ["--token", stack.credentials["AUTH_TOKEN"], "--hood-token", stack.credentials["HOOD_TOKEN"]]
    command = [sys.executable, "-m", "connector.demo", "--url", stack.url, *tokens]
    demo = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert demo.returncode == 0, demo.stdout


def test_hot_record_is_applied_in_order_by_many_workers_behind_a_pooler(stack: PooledStack) -> None:
    writes = [Sent(POST, "hot", 0, "hot", is_async=True)]
    writes += [Sent(PUT, "hot", value, "hot", is_async=True) for value in range(1, HOT + 1)]
    with extra_worker(stack, processes=4), client_of(stack) as http, forge_wake_ups(stack, each=0.1):
        assert {send(http, sent).status_code for sent in writes} == {202}
        drain(stack, ["hot"])
    stored = tables.deliveries(stack, ["hot"])
    assert [(each.value, each.state) for each in stored] == [(sent.value, "applied") for sent in writes]


@pytest.mark.parametrize("is_async", [False, True], ids=["inline", "deferred"])
def test_identical_requests_at_once_have_one_effect_behind_a_pooler(stack: PooledStack, *, is_async: bool) -> None:
    name = f"twins-{is_async}"
    writes = [Sent(POST, f"{name}-{number}", 1, name, is_async) for number in range(5)]
    with ThreadPoolExecutor(8) as pool:
        different = [sent for sent in writes if len(answers_at_once(stack, pool, sent)) != 1]
    assert not different, shown(different)
    for sent in writes:
        sent.status, sent.tries = 202 if is_async else 201, 8
    check(stack, History(writes))


def test_deferred_write_is_applied_once_when_its_worker_was_killed_behind_a_pooler(stack: PooledStack) -> None:
    stack.orders.give("worker-before-commit", signal.SIGKILL, times=2)
    with Load(stack, "worker-killed", writes=10, async_share=0.9) as load:
        pass
    check(stack, load.history)
    until(lambda: not stack.orders.open(), "an obeyed order")


def test_nothing_is_lost_when_the_pooler_is_killed(stack: PooledStack) -> None:
    with Load(stack, "pooler-killed", writes=25) as load:
        until(lambda: load.answered >= 25, "answers")
        stack.bouncer.kill()
        stack.bouncer.start()
    check(stack, load.history)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_time_outs_of_each_role_hold_behind_a_pooler(stack: PooledStack, role: str) -> None:
    with psycopg.connect(libpq_url(stack.bouncer.url.format(role=role))) as pooled:
        found = dict(pooled.execute(LIMITS, [list(LIMITED)]).fetchall())
    assert tuple(found[name] for name in LIMITED) == tuple(1000 * seconds for seconds in TIMEOUTS[role])


def test_pool_with_the_time_outs_of_another_role_is_refused(stack: PooledStack) -> None:
    url = stack.bouncer.url.replace("{role}", "worker")
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default", "--tag", "database"],
        cwd=CHECKOUT,
        env={**stack.environment, "CONNECTOR_ROLE": "web", "DATABASE_URL": url},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert checked.returncode == 1
    assert "statement_timeout is 40000 ms behind the pooler, not 8 s." in checked.stderr
    assert "lock_timeout is 20000 ms behind the pooler, not 4 s." in checked.stderr
