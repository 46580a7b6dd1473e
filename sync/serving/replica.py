"""Reading from a replica of the database, where there is one and it has what the reader must see."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from connector.edge.logs import outline

log = structlog.get_logger(__name__)
Found = TypeVar("Found")

REPLICA = "replica"
# The epoch is replicated like anything else: a replica that still follows a server which was replaced has the old one.
HAS = "SELECT pg_is_in_recovery() AND connector_epoch() = %s AND pg_last_wal_replay_lsn() >= %s::pg_lsn"
REST_SECONDS = 10.0  # for which nobody asks a replica that failed
left_until = 0.0


def read(find: Callable[..., Found], *, epoch: int, lsn: str) -> Found:
    """Have a function read from a database that has all of the log up to a place; it takes the name as `using`."""
    if is_asked():
        try:
            if has(epoch, lsn):
                return find(using=REPLICA)
        except (DatabaseError, InterfaceError) as exc:
            if not connections[REPLICA].errors_occurred:  # It is the primary that failed.
                raise
            log.warning("replica_left", **outline(exc))
            leave()
    return find(using=DEFAULT_DB_ALIAS)


def is_asked() -> bool:
    """Tell whether there is a replica, and none that failed a moment ago."""
    return REPLICA in connections and time.monotonic() >= left_until


def has(epoch: int, lsn: str) -> bool:
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(HAS, [epoch, lsn])
        return bool(cursor.fetchone()[0])


def leave() -> None:
    global left_until  # noqa: PLW0603 (one moment for all threads)
    left_until = time.monotonic() + REST_SECONDS
    connections[REPLICA].close()
