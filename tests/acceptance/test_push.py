"""Local changes on their way from real processes to Dsync, and what a kill in the middle of it costs: nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.acceptance.faults import Programs, kill
from tests.acceptance.hostile.stack import until
from tests.acceptance.local_stack import CHECKOUT, LocalStack, running
from tests.acceptance.signing_in import post, signed_in
from tests.acceptance.tables import database
from tests.databases import migrated_database
from tests.sync.push.remote import AUTH, ENTITY, Remote, Reply, Request, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGES = """
from sync import local
for price in range(1, {values} + 1):
    for number in range({records}):
        key = f"{prefix}-{{number}}"
        if price == 1:
            local.create("product", {{"sku": key, "price": price}})
        else:
            local.update("product", key, {{"price": price}})
"""
LEFT = "SELECT count(*) FROM sync_push WHERE state <> 'sent'"


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    with serving(Remote()) as remote:
        yield remote


@pytest.fixture(scope="module")
def stack(remote: Remote) -> Iterator[LocalStack]:
    """A stack that pushes products to the test."""
    database_url = migrated_database("pushed")
    with running(partial(LocalStack, CONNECTOR_PUSH_URL=remote.url, DATABASE_URL=database_url)) as stack:
        manage(stack, "set_push_token", typed=AUTH)
        manage(stack, "set_push_token", "product", typed=ENTITY)
        with database(stack) as connection:
            connection.execute("INSERT INTO sync_switch (entity, mode, is_pushed) VALUES ('product', '', true)")
        yield stack


def manage(stack: LocalStack, *arguments: str, typed: str = "") -> str:
    """Run a command of the stack and return what it prints."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, input=typed, env=stack.environment, cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def change(stack: LocalStack, prefix: str, *, records: int, values: int) -> None:
    manage(stack, "shell", "-c", CHANGES.format(prefix=prefix, records=records, values=values))


def all_sent(stack: LocalStack) -> bool:
    with database(stack) as connection:
        return connection.execute(LEFT).fetchone() == (0,)


def end_leases(stack: LocalStack) -> None:
    """Let the time pass for which a killed worker holds what it had in hand."""
    with database(stack) as connection:
        connection.execute("UPDATE sync_push SET leased_until = now() WHERE leased_until > now()")


def test_what_a_person_creates_in_the_admin_is_told_to_dsync(stack: LocalStack, remote: Remote) -> None:
    with signed_in(stack) as browser:
        answer = post(browser, "/admin/entities/product/add/", body='{"sku": "by-hand", "price": 2.5}')
    assert re.search(r"/admin/entities/product/\d+/change/$", str(answer.url))
    until(lambda: remote.prices("by-hand"), "the push")
    assert remote.prices("by-hand") == [2.5]
    assert remote.requests[-1].headers["Entity-Token"] == ENTITY


def test_values_arrive_in_order_and_the_last_ones_are_right(stack: LocalStack, remote: Remote) -> None:
    change(stack, "ordered", records=20, values=5)
    until(lambda: all_sent(stack), "the pushes")
    for number in range(20):
        prices = remote.prices(f"ordered-{number}")
        assert prices == sorted(prices)
        assert prices[-1] == 5


def test_everything_arrives_when_workers_are_killed_in_the_middle(stack: LocalStack, remote: Remote) -> None:
    arrived, released = Event(), Event()

    def hold(_request: Request) -> Reply:
        arrived.set()
        released.wait(60)
        return Reply()

    remote.answer = hold
    change(stack, "killed", records=20, values=1)
    assert arrived.wait(60)
    for worker in Programs(stack).children("effects"):
        kill(worker)
    remote.answer = lambda _request: Reply()
    released.set()
    end_leases(stack)
    until(lambda: all_sent(stack), "the pushes")
    assert {remote.prices(f"killed-{number}")[-1] for number in range(20)} == {1}


def test_what_dsync_writes_is_not_told_to_it(stack: LocalStack, remote: Remote) -> None:
    body = {"sku": "from-dsync", "price": 1}
    answer = httpx.post(f"{stack.url}/entity/product", json=body, headers=stack.headers, trust_env=False, timeout=10)
    assert answer.status_code == 201
    change(stack, "after", records=1, values=1)
    until(lambda: remote.prices("after-0"), "a later push")
    assert remote.prices("from-dsync") == []


def test_command_sends_all_records_and_waits_for_them(stack: LocalStack, remote: Remote) -> None:
    change(stack, "resent", records=5, values=1)
    told = manage(stack, "resync", "push", "product", "--wait", "--json")
    assert '"waiting": 0, "dead": 0' in told
    assert remote.prices("resent-0")[-1] == 1
