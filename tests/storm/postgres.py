"""PostgreSQL crashes, is away, loses connections, takes no writes, and has locks that last."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg

from tests.acceptance import tables
from tests.acceptance.checker import drain
from tests.acceptance.faults import children_of, frozen, kill, send_signal
from tests.acceptance.history import POST, PUT, History, Sent
from tests.acceptance.hostile.stack import until
from tests.acceptance.load import client_of, send
from tests.storm.case import Storm, case, tell

if TYPE_CHECKING:
    from tests.acceptance.load import Load

SECONDS = 20.0
AWAY = 30.0
TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1
"""


@case()
def postgres_restarted_four_times(storm: Storm) -> None:
    """PostgreSQL crashes under load: twice by SIGKILL, twice by an immediate shutdown."""
    with storm.load() as load:
        for number in (signal.SIGKILL, signal.SIGQUIT, signal.SIGKILL, signal.SIGQUIT):
            more_answers(load, 30)
            storm.fault(
                f"{number.name} to PostgreSQL", times=send_signal(storm.stack.programs.named("postgres"), number)
            )
        more_answers(load, 30)
    storm.settle(load)


def more_answers(load: Load, count: int) -> None:
    wanted = load.answered + count
    until(lambda: load.answered >= wanted, f"{count} more answers")


@case()
def backends_terminated(storm: Storm) -> None:
    """Connections end at random moments of their transactions."""
    with storm.load() as load, tables.database(storm.stack) as connection:
        for _ in storm.moments(SECONDS, 0.05, 0.5):
            storm.fault("a backend terminated", times=len(connection.execute(TERMINATE).fetchall()))
    storm.settle(load)


@case()
def postgres_down(storm: Storm) -> None:
    """PostgreSQL is away for half a minute; writes are answered 503 and taken afterwards."""
    with storm.load(authors=2) as load:
        more_answers(load, 20)
        with storm.stack.programs.without("postgres"):
            storm.fault("a second without PostgreSQL", times=sum(1 for _ in storm.moments(AWAY, 1, 1)))
        back = time.monotonic()
        more_answers(load, 20)
        tell(f"  {time.monotonic() - back:.1f} s from its return to 20 answers")
        drain(storm.stack, load.history.process_ids)
        tell(f"  {time.monotonic() - back:.1f} s from its return to an empty backlog")
    assert load.troubles["503"]
    storm.settle(load)


@case()
def postgres_stands_still(storm: Storm) -> None:
    """PostgreSQL says nothing for a while and no connection ends, as behind a network that swallows everything."""
    with storm.load() as load:
        more_answers(load, 20)
        server = storm.stack.programs.named("postgres")
        with ExitStack() as still:
            for process in (server, *children_of(server)):
                still.enter_context(frozen(process))
            storm.fault("a second of silence", times=sum(1 for _ in storm.moments(SECONDS, 1, 1)))
        more_answers(load, 20)
    storm.settle(load)


@case()
def postgres_read_only(storm: Storm) -> None:
    """PostgreSQL takes no writes for a while, as after a failover to the wrong side."""
    with storm.load() as load:
        more_answers(load, 20)
        set_read_only(storm, "on")
        try:
            storm.fault("a second of reading only", times=sum(1 for _ in storm.moments(SECONDS / 2, 1, 1)))
        finally:
            set_read_only(storm, "off")
        more_answers(load, 20)
    assert load.troubles["503"]
    storm.settle(load)


def set_read_only(storm: Storm, value: str) -> None:
    with tables.database(storm.stack) as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
        connection.execute("SELECT pg_reload_conf()")


@case()
def no_connections_left(storm: Storm) -> None:
    """Somebody else takes every connection that PostgreSQL has."""
    with storm.load() as load, ExitStack() as taken:
        more_answers(load, 20)
        while was_taken(storm, taken):
            continue
        for _ in storm.moments(SECONDS / 4, 0.02, 0.05):
            was_taken(storm, taken)
        taken.close()
        more_answers(load, 20)
    storm.settle(load)


def was_taken(storm: Storm, taken: ExitStack) -> bool:
    """Take one more connection; tell whether there was one left."""
    try:
        taken.enter_context(psycopg.connect(storm.stack.database_url, connect_timeout=5))
    except psycopg.OperationalError:
        storm.fault("none left")
        return False
    storm.fault("a connection taken")
    return True


@case()
def hot_record_locked(storm: Storm) -> None:
    """Somebody holds the row of one record: writes to it wait or are told to come again, all others go on."""
    hot = History([Sent(POST, "locked", 1, "locked", is_async=False), Sent(PUT, "locked", 2, "locked", is_async=False)])
    with storm.load() as load, client_of(storm.stack) as http:
        load.deliver(http, hot.writes[0])
        with tables.database(storm.stack) as connection, connection.transaction():
            connection.execute("SELECT FROM entities_product WHERE sku = 'locked' FOR UPDATE")
            assert send(http, hot.writes[1]).status_code == 503
            more_answers(load, 100)
            storm.fault("a record locked")
        load.deliver(http, hot.writes[1])
    storm.settle(load)
    tell(f"  the locked record: {hot.told()}")
    assert tables.values(storm.stack, ["locked"]) == {"locked": 2}


@case()
def everything_killed_at_once(storm: Storm) -> None:
    """PostgreSQL, Valkey and all processes of ours are killed in one moment, as by a power cut."""
    names = ("postgres", "valkey", "web", "worker", "dispatcher", "effects", "files", "beat")
    with storm.load() as load:
        more_answers(load, 60)
        for process in [storm.stack.programs.named(name) for name in names]:
            storm.fault("SIGKILL", times=kill(process))
        more_answers(load, 60)
    storm.settle(load)
