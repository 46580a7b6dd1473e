"""A replica serves walks and changes where it has what they must show; the primary does where it has not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections
from django.test.utils import CaptureQueriesContext

from connector.stack.postgres import Cluster
from entities.epoch import stand
from sync.serving import replica
from tests.clusters import standby
from tests.conftest import Dsync
from tests.contract.following import keys, move, settle, since
from tests.sync.writes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def following(django_db_setup: None) -> Iterator[Cluster]:
    """A hot standby of the server of the test session; a database that is made later is there too."""
    with standby() as cluster:
        yield cluster


@pytest.fixture
def second(following: Cluster, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The connection to the replica, as settings would give it."""
    monkeypatch.setattr(replica, "left_until", 0.0)
    with configured(HOST=str(following.sockets)):
        yield connections[replica.REPLICA]


@contextmanager
def configured(**other: str) -> Iterator[None]:
    """Have a replica in the settings: the database, with something else in its address."""
    connections.settings[replica.REPLICA] = {**connection.settings_dict, **other}
    # Called default, as Django lets a test reach no database that the settings did not have when it began.
    connections[replica.REPLICA] = type(connections["default"])(connections.settings[replica.REPLICA], "default")
    try:
        yield
    finally:
        connections[replica.REPLICA].close()
        del connections[replica.REPLICA], connections.settings[replica.REPLICA]


@pytest.fixture
def five(dsync: Dsync) -> Dsync:
    for sku in "abcde":
        dsync.post("product", {"sku": sku})
    return dsync


def ask(database: Any, sql: str) -> Any:
    with database.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def catch_up() -> None:
    """Wait until the replica has all that is there now."""
    here = stand()
    wait_until(lambda: replica.has(here.epoch, here.lsn))


@contextmanager
def paused(second: Any) -> Iterator[None]:
    """Have the replica stand still at what it has."""
    catch_up()
    ask(second, "SELECT pg_wal_replay_pause()::text")
    wait_until(lambda: ask(second, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    try:
        yield
    finally:
        ask(second, "SELECT pg_wal_replay_resume()::text")


def read_there(second: Any, read: Callable[[], str]) -> tuple[str, bool]:
    """Return what is read, and whether it was the replica that had it."""
    with CaptureQueriesContext(second) as queries:
        found = read()
    return found, any("row_to_json" in query["sql"] for query in queries)


def page(dsync: Dsync, number: int) -> str:
    return keys(dsync.items("product", f"?page={number}&per_page=2"))


def test_page_is_read_from_a_replica_that_has_what_the_walk_began_with(five: Dsync, second: Any) -> None:
    page(five, 1)
    catch_up()
    assert read_there(second, lambda: page(five, 2)) == ("cd", True)


def test_page_far_away_is_found_by_what_the_replica_counts(
    five: Dsync, second: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.serving.ranges.NEAR", 1)
    page(five, 1)
    catch_up()
    with CaptureQueriesContext(second) as queries:
        assert read_there(second, lambda: page(five, 3)) == ("e", True)
    assert any("stretch" in query["sql"] for query in queries)
    assert read_there(second, lambda: page(five, 2)) == ("cd", True)


def test_page_is_read_from_the_primary_while_the_replica_lacks_what_the_walk_began_with(
    five: Dsync, second: Any
) -> None:
    with paused(second):
        five.post("product", {"sku": "f"})
        assert read_there(second, lambda: page(five, 1)) == ("ab", False)
        assert read_there(second, lambda: page(five, 3)) == ("ef", False)
    catch_up()
    assert read_there(second, lambda: page(five, 3)) == ("ef", True)


def test_walk_that_began_before_is_read_from_a_replica_that_stands_still(five: Dsync, second: Any) -> None:
    page(five, 1)
    with paused(second):
        five.delete("product", "d")
        assert read_there(second, lambda: page(five, 2)) == ("cd", True)


def test_changes_are_read_from_a_replica_that_has_them_all(five: Dsync, second: Any) -> None:
    settle()
    cursor = five.items("product")["Changes-Cursor"]
    five.post("product", {"sku": "f"})
    five.post("product", {"sku": "g"})
    settle()
    first = since(five, cursor, "&per_page=1")
    catch_up()
    rest = first["Next-Cursor"]
    assert read_there(second, lambda: keys(five.items("product", f"?cursor={rest}"))) == ("g", True)


def test_changes_are_read_from_the_primary_while_the_replica_lacks_one(five: Dsync, second: Any) -> None:
    settle()
    cursor = five.items("product")["Changes-Cursor"]
    with paused(second):
        five.post("product", {"sku": "f"})
        settle()
        assert read_there(second, lambda: keys(since(five, cursor))) == ("f", False)


def test_replica_of_a_server_that_was_replaced_is_not_read(five: Dsync, second: Any) -> None:
    with paused(second):
        move()
        risen = stand()
        assert not replica.has(risen.epoch, "0/0")
        assert replica.has(risen.epoch - 1, "0/0")


def test_replica_that_was_promoted_is_not_read(five: Dsync) -> None:
    with standby() as cluster, configured(HOST=str(cluster.sockets)):
        catch_up()
        assert ask(connections[replica.REPLICA], "SELECT pg_promote()")
        assert not replica.has(stand().epoch, "0/0")


def test_replica_that_is_away_is_left_alone_for_a_while(
    five: Dsync, second: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(five, 1)
    catch_up()
    second.close()
    with monkeypatch.context() as away:
        away.setitem(second.settings_dict, "HOST", "/nowhere")
        assert page(five, 2) == "cd"
    assert (page(five, 2), second.connection) == ("cd", None)
    monkeypatch.setattr(replica, "left_until", 0.0)
    assert read_there(second, lambda: page(five, 2)) == ("cd", True)


def test_failure_of_the_primary_is_not_taken_for_the_replicas(five: Dsync, second: Any) -> None:
    asked = []

    def fail(*, using: str) -> None:
        asked.append(using)
        ask(connection, "SELECT FROM nothing_of_that_name")

    catch_up()
    with pytest.raises(ProgrammingError):
        replica.read(fail, epoch=stand().epoch, lsn="0/0")
    assert (asked, replica.left_until) == ([replica.REPLICA], 0.0)


def test_replica_has_an_address_of_its_own_and_is_otherwise_reached_as_the_primary() -> None:
    told = (
        "from django.db import connections; print([connections[name].get_connection_params() for name in connections])"
    )
    addresses = {"DATABASE_URL": "postgres:///a?host=/one", "DATABASE_REPLICA_URL": "postgres:///b?host=/two"}
    printed = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", told],
        env={**os.environ, **addresses},
        cwd=Path(__file__).parents[3],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [printed.count(text) for text in ("'host': '/one'", "'host': '/two'", "'connect_timeout': 5")] == [2, 1, 3]
