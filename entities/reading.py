"""Reading live records as the layout describes them, by ranges of their identity or by keys."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from entities.entity import OWN_FIELDS
from entities.epoch import Stand, stand_and
from entities.folding import keys_sql
from entities.schema import EntitySchema
from entities.schema.items import object_sql
from entities.store import readable

quote = connection.ops.quote_name


@dataclass(frozen=True, slots=True)
class Extent:
    """How many records live, the highest identity there is, and how far the database is in the same moment."""

    stand: Stand
    count: int
    highest: int


def count(schema: EntitySchema) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {live_sql(schema)}")
        return int(cursor.fetchone()[0])


def extent(schema: EntitySchema) -> Extent:
    highest = f"(SELECT coalesce(max(id), 0) FROM {quote(schema.table)})"  # noqa: S608 (every name is a model's, quoted)
    stand, (total, last) = stand_and(f"SELECT {live_sql(schema)}, {highest}")
    return Extent(stand, total, last)


def live_sql(schema: EntitySchema) -> str:
    """Return the number of live records: all less the deleted, since both are counted in an index, not in the rows."""
    rows = f"(SELECT count(*) FROM {quote(schema.table)}"  # noqa: S608 (every name is a model's, quoted)
    return f"{rows}) - {rows} WHERE deleted_at IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Span:
    """A range of records: above one identity, up to another, created no later than a moment.

    A deleted record that was revived since has its old identity and a new time of creation.
    """

    after: int
    until: int
    created_by: datetime


IN_SPAN = "id > {} AND id <= {} AND created_at <= {} AND deleted_at IS NULL"
GIVEN = ("%s", "%s", "%s")


def boundaries(schema: EntitySchema, span: Span, *, size: int, pages: int, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """Return the last identities of the first pages of a span's live records; a page that is not full has none."""
    sql = f"""
        WITH RECURSIVE ends(place, after) AS (
            SELECT 0, %s::bigint
            UNION ALL
            SELECT place + 1, ({nth_sql(schema, "ends.after", "%s", "%s", "%s")})
            FROM ends WHERE after IS NOT NULL AND place < %s
        )
        SELECT coalesce(array_agg(after ORDER BY place), '{{}}') FROM ends WHERE place > 0 AND after IS NOT NULL
    """  # noqa: S608 (every name is a model's, quoted)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [span.after, span.until, span.created_by, size, pages])
        found: list[int] = cursor.fetchone()[0]
    return found


def nth_sql(schema: EntitySchema, after: str, until: str, created_by: str, nth: str) -> str:
    """Return the query of the identity that a span's n-th live record has."""
    return f"""
        SELECT id FROM {quote(schema.table)} WHERE {IN_SPAN.format(after, until, created_by)}
        ORDER BY id OFFSET {nth} - 1 LIMIT 1
    """  # noqa: S608 (every name is a model's, quoted)


def items_in(schema: EntitySchema, span: Span, *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the live records of a span, as JSON."""
    with connections[using].cursor() as cursor:
        cursor.execute(range_sql(schema), [span.after, span.until, span.created_by])
        return [item for _, item in cursor.fetchall()]


@cache
def range_sql(schema: EntitySchema) -> str:
    return f"{span_sql(schema, *GIVEN)} ORDER BY id"


def span_sql(schema: EntitySchema, after: str, until: str, created_by: str) -> str:
    """Return the query of a span's live records, in no order: the identity and the JSON of each."""
    return f"""
        SELECT id, {object_sql(schema.fields, quote)}::text AS item FROM {quote(schema.table)}
        WHERE {IN_SPAN.format(after, until, created_by)}
    """  # noqa: S608 (every name is a model's, quoted)


def items_of(schema: EntitySchema, keys: Sequence[str]) -> dict[str, str]:
    """Return the live records of these keys, as JSON, by key."""
    values = [value for key in keys if (value := readable(schema, key)) is not None]
    with connection.cursor() as cursor:
        cursor.execute(of_keys_sql(schema), [values])
        return {schema.key.text(key): item for key, item in cursor.fetchall()}


@cache
def of_keys_sql(schema: EntitySchema) -> str:
    return f"""
        SELECT {quote(schema.key.column)}, {object_sql(schema.fields, quote)}::text FROM {quote(schema.table)}
        WHERE {quote(schema.key.column)} = ANY({keys_sql(schema)}) AND deleted_at IS NULL
    """  # noqa: S608 (every name is a model's, quoted)


def items_numbered(schema: EntitySchema, numbers: Sequence[int]) -> list[tuple[str, bool]]:
    """Return the records of these identities, as JSON, each with whether it is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(numbered_sql(schema), [list(numbers)])
        return [(item, is_deleted) for item, is_deleted in cursor.fetchall()]


@cache
def numbered_sql(schema: EntitySchema) -> str:
    return f"""
        SELECT {object_sql(schema.fields, quote)}::text, deleted_at IS NOT NULL FROM {quote(schema.table)}
        WHERE id = ANY(%s) ORDER BY id
    """  # noqa: S608 (every name is a model's, quoted)


def columns_held(schema: EntitySchema, key: str) -> dict[str, Any] | None:
    """Return what the live record of a key holds, by column and as PostgreSQL writes it; None where there is none.

    Numbers are exact, to their last digit.
    """
    sql = f"""
        SELECT row_to_json(record)::text FROM {quote(schema.table)} AS record
        WHERE {quote(schema.key.column)} = %s AND deleted_at IS NULL
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [readable(schema, key)])
        row = cursor.fetchone()
    if row is None:
        return None
    held = json.loads(row[0], parse_float=Decimal)
    return {name: value for name, value in held.items() if name not in KEPT_BESIDE}


KEPT_BESIDE = OWN_FIELDS - {"extra"}
