"""The epoch: which life of the database the id of a transaction belongs to.

Ids of transactions start again in another cluster, and go back where a standby is promoted that lacks the last ones. So
a change is placed by (epoch, id), and the epoch rises when the database finds itself somewhere else. Its number is what
the function `connector_epoch` returns, a constant to the planner; ARCHITECTURE.md says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from entities.models import Tombstone
from entities.schema import schemas

quote = connection.ops.quote_name

# The cluster, its timeline, the database in it, and the function: pg_restore --clean makes that anew.
FOUND = """
    concat_ws('/', (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
              (SELECT oid FROM pg_database WHERE datname = current_database()), 'connector_epoch()'::regprocedure::oid)
"""
# All of these are asked after the statement's snapshot was taken, so none tells of an earlier moment.
STAND = f"""
    connector_epoch(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint, clock_timestamp(),
    pg_current_wal_insert_lsn()::text, connector_cluster() = {FOUND}
"""
CLUSTER = f"SELECT connector_epoch(), connector_cluster(), {FOUND}"
RISEN = """
    CREATE OR REPLACE FUNCTION connector_epoch() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE RETURN {number};
    CREATE OR REPLACE FUNCTION connector_cluster() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE RETURN '{cluster}'
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the database is: transactions before `xid` have ended, and the log up to `lsn` has what they wrote."""

    epoch: int
    xid: int
    at: datetime
    lsn: str


def stand() -> Stand:
    """Return how far the database is; where it finds itself somewhere else, the epoch rises first."""
    return stand_and("SELECT")[0]


def stand_and(query: str) -> tuple[Stand, tuple[Any, ...]]:
    """Return how far the database is in the snapshot in which a query finds one row, and that row."""
    sql = f"SELECT {STAND}, found.* FROM ({query}) AS found"  # noqa: S608 (the query is ours)
    row = asked(sql)
    if not row[4]:
        rise()
        row = asked(sql)
    return Stand(*row[:4]), row[5:]


@transaction.atomic
def rise() -> None:
    """Begin a new epoch, unless another process has.

    The locks let every writer that knows the old number end before, and stop nobody who reads. They are taken as a
    removal takes them, records before tombstones: the other way round each would wait for the other.
    """
    tables = ", ".join(quote(table) for table in [*tables_of_entities(), Tombstone._meta.db_table])
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
        number, noted, found = asked(CLUSTER)
        if noted != found:
            cursor.execute(RISEN.format(number=number + 1, cluster=found))


def tables_of_entities() -> list[str]:
    return [schema.table for schema in schemas().values()]


def asked(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
