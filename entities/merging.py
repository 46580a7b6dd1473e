"""Very many records of one entity in one statement, told by no more than how many of them changed.

Where `bulk` tells of each record what it was before, nobody asks for that here: it is what costs most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection

from entities.schema import EntitySchema
from entities.store import CHANGED, quote

INCOMING = "connector_merged"


def merge(schema: EntitySchema, columns: Sequence[str], lines: Iterable[str], number: int) -> int:
    """Write records whose keys are distinct, given as lines of COPY with these columns; return how many changed.

    `number` is what they have as the last delivery.

    Columns that are not named stay as they are. The caller has seen to it that no required one is missing of a new
    record.

    Raises:
        IntegrityError, DataError: the database refuses one of them; the caller's transaction is to be undone.
    """
    names = tuple(columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(incoming_sql(schema, names))
        with cursor.copy(f"COPY {INCOMING} FROM STDIN") as incoming:
            incoming.write(("\n".join(lines) + "\n").encode())
        cursor.execute(merge_sql(schema, names), [number, *initial(schema, names).values()])
        changed = int(cursor.rowcount)
        cursor.execute(f"DROP TABLE {INCOMING}")
    return changed


@cache
def incoming_sql(schema: EntitySchema, columns: tuple[str, ...]) -> str:
    fields = {field.column: field for field in schema.model._meta.concrete_fields}
    typed = ", ".join(f"{quote(column)} {fields[column].db_type(connection)}" for column in columns)
    return f"CREATE TEMPORARY TABLE {INCOMING} ({typed}) ON COMMIT DROP"


def initial(schema: EntitySchema, columns: tuple[str, ...]) -> dict[str, Any]:
    """Return what the columns of a new record hold that are not named, where that is not null."""
    values = {column: leaf.initial() for column, leaf in schema.leaves.items() if column not in columns}
    return {column: value for column, value in values.items() if value is not None}


@cache
def merge_sql(schema: EntitySchema, columns: tuple[str, ...]) -> str:
    """Return the statement; a deleted record is revived and holds nothing but what came."""
    named = [quote(column) for column in columns]
    others = initial(schema, columns)
    inserted = ", ".join([*named, "last_delivery", *map(quote, others)])
    selected = ", ".join([*named, *["%s"] * (1 + len(others))])
    key = quote(schema.key.column)
    told = [name for name in named if name != key]
    stored, excluded = (", ".join(f"{row}.{name}" for name in told) for row in ("stored", "excluded"))
    return f"""
        INSERT INTO {quote(schema.table)} AS stored ({inserted}) SELECT {selected} FROM {INCOMING}
        ON CONFLICT ({key}) DO UPDATE SET {assignments(schema, columns)}
        WHERE stored.deleted_at IS NOT NULL OR ({stored}) IS DISTINCT FROM ({excluded})
    """  # noqa: S608 (every name is a model's, quoted, or ours)


def assignments(schema: EntitySchema, columns: tuple[str, ...]) -> str:
    named = [quote(column) for column in columns if column != schema.key.column]
    others = [quote(column) for column in schema.leaves if column not in columns]
    return ", ".join(
        [
            *(f"{name} = excluded.{name}" for name in named),
            *(
                f"{name} = CASE WHEN stored.deleted_at IS NULL THEN stored.{name} ELSE excluded.{name} END"
                for name in [*others, "extra"]
            ),
            "created_at = CASE WHEN stored.deleted_at IS NULL THEN stored.created_at ELSE now() END",
            f"deleted_at = NULL, last_delivery = excluded.last_delivery, {CHANGED}",
        ]
    )
