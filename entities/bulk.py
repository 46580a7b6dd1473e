"""Many records of one entity in one statement: the new are inserted, those that differ updated, the rest not touched.

Rows come by COPY into a table of the transaction's own. What a row does not name stays as it is, as with an update, and
has its default where the record is new. The caller holds the records: nobody else writes them meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import connection

from entities.folding import typed
from entities.schema import EntitySchema
from entities.store import CHANGED, kept, quote

INCOMING = "connector_incoming"
Columns = frozenset[str]


class Became(StrEnum):
    """What became of a record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    INCOMPLETE = "incomplete"  # It would be new, and lacks a field that a new record needs: nothing is written.


@dataclass(frozen=True, slots=True)
class Row:
    """A validated record, its values by column; `delivery` is the number of the delivery that writes it."""

    values: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    delivery: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a record, which columns differed, and the JSON of what the named ones held before."""

    became: Became
    differing: list[str] = field(default_factory=list)
    previous: str | None = None


def upsert(schema: EntitySchema, rows: Sequence[Row]) -> list[Change]:
    """Write records whose keys are distinct and return what became of each, in their order.

    Raises:
        IntegrityError, DataError: the database refuses one of them; the caller's transaction is to be undone.
    """
    changes: dict[int, Change] = {}
    for columns, places in alike(rows):
        written = upsert_alike(schema, columns, [rows[place] for place in places])
        changes.update(zip(places, written, strict=True))
    return [changes[place] for place in range(len(rows))]


def alike(rows: Sequence[Row]) -> Iterator[tuple[Columns, list[int]]]:
    """Yield the places of rows that name the same columns; nearly always these are all of them."""
    places: dict[Columns, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[frozenset(row.values)].append(place)
    yield from places.items()


def upsert_alike(schema: EntitySchema, columns: Columns, rows: Sequence[Row]) -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(incoming_sql(schema))
        copy(schema, rows)
        cursor.execute(upsert_sql(schema, columns))
        changes = [Change(Became(became), *told) for became, *told in cursor.fetchall()]
        cursor.execute(f"DROP TABLE {INCOMING}")
    return changes


def copy(schema: EntitySchema, rows: Sequence[Row]) -> None:
    """Copy rows into the incoming table; what they do not name has the value of a new record there."""
    names = ", ".join(["id", *map(quote, schema.leaves), "extra", "last_delivery"])
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {INCOMING} ({names}) FROM STDIN") as incoming,
    ):
        for place, row in enumerate(rows):
            incoming.write_row([place, *schema.completed(row.values).values(), kept(row.extra), row.delivery])


@cache
def incoming_sql(schema: EntitySchema) -> str:
    columns = f"id int, {typed(schema)}, extra jsonb, last_delivery bigint"
    return f"CREATE TEMPORARY TABLE {INCOMING} ({columns}) ON COMMIT DROP"


@cache
def upsert_sql(schema: EntitySchema, columns: Columns) -> str:
    """Return the statement that writes the incoming rows, which name these columns."""
    table = quote(schema.table)
    inserted = ", ".join([*map(quote, schema.leaves), "extra", "last_delivery"])
    return f"""
        WITH compared AS MATERIALIZED ({compared_sql(schema, columns)}), created AS (
            INSERT INTO {table} ({inserted}) SELECT {inserted} FROM compared
            WHERE stored_ IS NULL AND became_ = '{Became.CREATED}'
        ), updated AS (
            UPDATE {table} AS stored SET {assignments_sql(schema, columns)} FROM compared
            WHERE stored.id = stored_ AND became_ IN ('{Became.CREATED}', '{Became.UPDATED}')
        )
        SELECT became_, CASE became_ WHEN '{Became.UPDATED}' THEN differing_ ELSE '{{}}' END,
               CASE became_ WHEN '{Became.UPDATED}' THEN previous_ END
        FROM compared ORDER BY id
    """  # noqa: S608 (every name is a model's, quoted, or ours)


def compared_sql(schema: EntitySchema, columns: Columns) -> str:
    """Return the query of the incoming rows beside what is stored; its own columns end as no field's name may.

    What differs, and what stood there, is put together for those alone that differ: it costs more than the comparison.
    """
    named = named_columns(schema, columns)
    different = {name.strip('"'): f"stored.{name} IS DISTINCT FROM incoming.{name}" for name in named}
    different["extra"] = (
        "coalesce(stored.extra, '{}') || coalesce(incoming.extra, '{}') <> coalesce(stored.extra, '{}')"
    )
    differing = ", ".join(f"CASE WHEN {is_so} THEN '{name}' END" for name, is_so in different.items())
    shown = ", ".join(f"stored.{name}" for name in [*named, "extra"])
    key = quote(schema.key.column)
    return f"""
        SELECT incoming.*, stored.id AS stored_, stored.deleted_at IS NULL AS lives_, told.*, CASE
            WHEN stored.id IS NOT NULL AND stored.deleted_at IS NULL
            THEN CASE WHEN differing_ IS NULL THEN '{Became.UNCHANGED}' ELSE '{Became.UPDATED}' END
            ELSE '{Became.CREATED if is_complete(schema, columns) else Became.INCOMPLETE}' END AS became_
        FROM {INCOMING} AS incoming LEFT JOIN {quote(schema.table)} AS stored ON stored.{key} = incoming.{key}
        LEFT JOIN LATERAL (
            SELECT array_remove(ARRAY[{differing}], NULL) AS differing_,
                   (SELECT row_to_json(before)::text FROM (SELECT {shown}) AS before) AS previous_
        ) AS told ON stored.deleted_at IS NULL AND ({" OR ".join(different.values())})
    """  # noqa: S608 (every name is a model's, quoted, or ours)


def assignments_sql(schema: EntitySchema, columns: Columns) -> str:
    """Return what an update sets; a revived record holds nothing but what came, and is new to walks."""
    named = named_columns(schema, columns)
    others = [name for column in schema.leaves if (name := quote(column)) not in named and column != schema.key.column]
    merged = "coalesce(stored.extra, '{}') || coalesce(compared.extra, '{}')"
    assignments = [
        *(f"{name} = compared.{name}" for name in named),
        *(f"{name} = CASE WHEN lives_ THEN stored.{name} ELSE compared.{name} END" for name in others),
        f"extra = CASE WHEN lives_ THEN nullif({merged}, '{{}}') ELSE compared.extra END",
        "created_at = CASE WHEN lives_ THEN stored.created_at ELSE now() END",
        f"deleted_at = NULL, last_delivery = compared.last_delivery, {CHANGED}",
    ]
    return ", ".join(assignments)


def named_columns(schema: EntitySchema, columns: Columns) -> list[str]:
    """Return the columns besides the key that rows name, quoted."""
    return [quote(column) for column in schema.leaves if column in columns and column != schema.key.column]


def is_complete(schema: EntitySchema, columns: Columns) -> bool:
    """Tell whether rows that name these columns can be new records: null is refused of a required one before."""
    return not schema.missing(dict.fromkeys(columns, True))
