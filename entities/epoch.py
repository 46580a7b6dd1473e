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
# Whether what is of an epoch is of this one; a format of the column that has it.
IS_CURRENT = f"({{}} = connector_epoch() AND connector_cluster() = {FOUND})"
LAST = "(SELECT changed_epoch, changed_in FROM {} ORDER BY changed_epoch DESC, changed_in DESC LIMIT 1)"
NEWEST = """
    SELECT coalesce(max(changed_epoch), 0), coalesce(bool_or(
        (changed_epoch, changed_in) >= (connector_epoch(), pg_snapshot_xmax(pg_current_snapshot()))
    ), false) FROM ({}) AS newest
"""
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
    """Begin a new epoch, unless another process has; it is above every row's.

    The locks let every writer that knows the old number end before, and stop nobody who reads. They are taken as a
    removal takes them, records before tombstones: the other way round each would wait for the other.
    """
    locked = ", ".join([*tables(), quote(Tombstone._meta.db_table)])
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {locked} IN SHARE ROW EXCLUSIVE MODE")
        number, noted, found = asked(CLUSTER)
        latest, is_ahead = newest()
        if noted != found or is_ahead:
            cursor.execute(RISEN.format(number=max(number, latest) + 1, cluster=found))


def rise_above_rows() -> None:
    """Begin a new epoch where rows are of transactions that are yet to come: they were restored without the database.

    Of rows whose transactions are past here nothing is lost: what is written now comes after them, as it should.
    """
    _, is_ahead = newest()
    if is_ahead:
        rise()


def newest() -> tuple[int, bool]:
    """Return the latest epoch of any record, and whether one is ahead of all that this database has done."""
    found: tuple[int, bool] = asked(NEWEST.format(" UNION ALL ".join(map(LAST.format, tables()))))
    return found


def tables() -> list[str]:
    """Return the tables of all entities."""
    return [quote(schema.table) for schema in schemas().values()]


def asked(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
