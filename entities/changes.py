"""Reading what was changed, in the order of (epoch, transaction, identity), from one place to another.

A record stands where it was changed last. A transaction that ended is below the place up to which is read, one that is
under way is not, so that whatever commits late is still to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections

from connector.edge.postgresql.base import pipelined
from entities.schema import EntitySchema
from entities.schema.items import deletion_sql, object_sql

quote = connection.ops.quote_name

# Where statistics are old and tell of few changes, PostgreSQL would sort all of them for each page.
IN_ORDER = "SELECT set_config('enable_sort', 'off', true)"


class Place(NamedTuple):
    """A place among all changes of an entity: that of a record, or the one before all records of a transaction."""

    epoch: int
    xid: int
    record: int = 0


BEGINNING = Place(0, 0)


class Change(NamedTuple):
    """What became of a record, as JSON; None where that is a deletion and nobody asked for those."""

    place: Place
    item: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first changes after a place and before another; deletions count, whether asked for or not."""

    after: Place
    until: Place
    limit: int
    with_deletions: bool


def changes_in(schema: EntitySchema, stretch: Stretch, *, using: str = DEFAULT_DB_ALIAS) -> Sequence[Change]:
    """Return the changes of a stretch, in their order."""
    after, until = stretch.after, stretch.until
    bounds: list[int | str] = [after.epoch, str(after.xid), after.record, until.epoch, str(until.xid), stretch.limit]
    tombstones: list[int | str] = [schema.name, *bounds, stretch.limit] if stretch.with_deletions else []
    database = connections[using]
    with database.cursor() as first, database.cursor() as second:
        with pipelined(database):
            first.execute(IN_ORDER)
            second.execute(changes_sql(schema, stretch.with_deletions), [*bounds, *tombstones])
        return [Change(Place(epoch, int(xid), record), item) for epoch, xid, record, item in second.fetchall()]


@cache
def changes_sql(schema: EntitySchema, with_deletions: bool) -> str:  # noqa: FBT001 (it is a key of the cache)
    key = deletion_sql(schema.key.field, quote)
    item, deleted = object_sql(schema.fields, quote), f"{key}::text" if with_deletions else "NULL"
    rows = f"""
        SELECT changed_epoch, changed_in, id, CASE WHEN deleted_at IS NULL THEN {item}::text ELSE {deleted} END
        FROM {quote(schema.table)} WHERE {between("id")}
    """  # noqa: S608 (every name is a model's, quoted)
    if not with_deletions:
        return rows
    return f"({rows}) UNION ALL ({tombstones_sql(schema)}) ORDER BY 1, 2, 3 LIMIT %s"


def tombstones_sql(schema: EntitySchema) -> str:
    """Return the query of removed records; one whose key lives again is told of by the record that has it.

    Without the OFFSET, PostgreSQL may read every record there is to know which of them live.
    """
    column = quote(schema.key.column)
    kind = schema.model._meta.get_field(schema.declaration.key).db_type(connection)
    return f"""
        SELECT changed_epoch, changed_in, record, CASE WHEN NOT EXISTS (
            SELECT FROM {quote(schema.table)} AS living
            WHERE living.{column} = gone.key::{kind} AND living.deleted_at IS NULL OFFSET 0
        ) THEN (
            SELECT {deletion_sql(schema.key.field, quote)}::text FROM (SELECT gone.key::{kind} AS {column}) AS removed
        ) END
        FROM entities_tombstone AS gone WHERE entity = %s AND {between("record")}
    """  # noqa: S608 (every name is a model's, quoted)


def between(identity: str) -> str:
    """Return the condition, order and limit of both queries; compared as rows, so that an index has them all."""
    return f"""
        (changed_epoch, changed_in, {identity}) > (%s, %s::xid8, %s) AND (changed_epoch, changed_in) < (%s, %s::xid8)
        ORDER BY changed_epoch, changed_in, {identity} LIMIT %s
    """
