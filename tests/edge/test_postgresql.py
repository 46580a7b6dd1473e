"""Servers and connections on which a COMMIT is an acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import RequestFactory

from connector.edge.request import Handler
from entities.models import Product
from entities.tokens import entity_tokens
from tests.conftest import Dsync

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "autonomous"])


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def _standby_away() -> Iterator[None]:
    """Have commits wait for a standby that is not there, where a connection asks for one."""
    execute("ALTER SYSTEM SET synchronous_standby_names = 'away'", "SELECT pg_reload_conf()")
    while not waited(lambda: execute("SELECT pg_logical_emit_message(true, '', '')")):
        pass  # It takes a moment until the server has read it.
    yield
    execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


def waited(call: Callable[[], object]) -> bool:
    """Run what commits, and have somebody cancel its wait for a standby; tell whether it waited."""
    connection.ensure_connection()
    number, over = connection.connection.info.backend_pid, Event()
    execute("SET synchronous_commit = on")
    with ThreadPoolExecutor(1) as threads:
        cancelled = threads.submit(cancel, number, over)
        call()
        over.set()
    execute("SET synchronous_commit = local")
    return cancelled.result()


def cancel(number: int, over: Event) -> bool:
    sql = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'SyncRep'"
    has_waited = False
    try:
        with connection.cursor() as cursor:
            while not over.wait(0.01):
                cursor.execute(sql, [number])
                has_waited = cursor.fetchone() is not None or has_waited
        return has_waited
    finally:
        connection.close()


@pytest.mark.usefixtures("_standby_away")
def test_write_is_not_acknowledged_when_its_commit_was_not_replicated(dsync: Dsync) -> None:
    entity_tokens()  # They are made when they are first asked for.
    answers: list[Any] = []
    for _ in range(2):  # Nor is its repeat, which finds it.
        assert waited(lambda: answers.append(dsync.post("product", {"sku": "a"}, Process_Id="p")))
    assert [answer.status_code for answer in answers] == [503, 503]
    assert dsync.post("product", {"sku": "a"}, Process_Id="p").status_code == 201
    assert Product.objects.count() == 1


def test_connection_that_its_server_ended_is_replaced_before_the_next_request(dsync: Dsync) -> None:
    connection.ensure_connection()
    number = connection.connection.info.backend_pid
    with connections["autonomous"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [number])
    Handler()(RequestFactory()._base_environ(PATH_INFO="/health/live"), lambda *_told: None)
    assert dsync.post("product", {"sku": "a"}).status_code == 201


@pytest.mark.parametrize("command", ["migrate", "dispatch"])
def test_server_that_forgets_in_a_crash_is_refused_with_every_reason(command: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command(command, skip_checks=False)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert f"{name} = off" in str(refused.value)


def test_text_has_one_index_where_that_serves_like_too() -> None:
    if connection.pg_version < 170_000:
        pytest.skip("Before 17 the order of C.UTF-8 is the C library's, of which nothing is known.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_like'")
        assert cursor.fetchall() == []
