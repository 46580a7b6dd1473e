"""What only a pooler brings, by a real PgBouncer that pools transactions; `make smoke` has all of this room behind one."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from connector.edge.checks import LIMITED, LIMITS
from connector.settings import TIMEOUTS
from tests import pgbouncer
from tests.acceptance.checker import check
from tests.acceptance.hostile.stack import HostileStack, until
from tests.acceptance.load import Load
from tests.acceptance.local_stack import CHECKOUT, PATIENCE, running
from tests.databases import libpq_url, migrated_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pgbouncer import PgBouncer

pytestmark = pytest.mark.skipif(
    not (pgbouncer.PROGRAM or "CI" in os.environ), reason=f"nothing runs behind a pooler: {pgbouncer.ABSENT}"
)


@pytest.fixture(scope="module")
def stack() -> Iterator[HostileStack]:
    """A pooled stack that each test leaves healthy."""
    with running(partial(HostileStack, is_pooled=True, DATABASE_URL=migrated_database("pooled"))) as stack:
        yield stack


@pytest.fixture
def pooler(stack: HostileStack) -> PgBouncer:
    stack.programs.heal()
    assert stack.pooler
    return stack.pooler


def test_whole_contract_holds_behind_a_pooler(stack: HostileStack, pooler: PgBouncer) -> None:
    tokens = ["--token", stack.credentials["AUTH_TOKEN"], "--hood-token", stack.credentials["HOOD_TOKEN"]]
    command = [sys.executable, "-m", "connector.demo", "--url", stack.url, *tokens]
    demo = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert demo.returncode == 0, demo.stdout
    assert pooler.used() == {"connector_web", "connector_worker"}


def test_nothing_is_lost_when_the_pooler_is_killed(stack: HostileStack, pooler: PgBouncer) -> None:
    with Load(stack, "pooler-killed", writes=25) as load:
        until(lambda: load.answered >= 25, "answers")
        pooler.kill()
        pooler.start()
    check(stack, load.history)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_time_outs_of_each_role_hold_behind_a_pooler(pooler: PgBouncer, role: str) -> None:
    with psycopg.connect(libpq_url(pooler.url.format(role=role))) as pooled:
        found = dict(pooled.execute(LIMITS, [list(LIMITED)]).fetchall())
    assert tuple(found[name] for name in LIMITED) == tuple(1000 * seconds for seconds in TIMEOUTS[role])


def test_pool_with_the_time_outs_of_another_role_is_refused(stack: HostileStack, pooler: PgBouncer) -> None:
    url = pooler.url.replace("{role}", "worker")
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
