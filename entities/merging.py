"""Very many records of one entity in one statement, told by no more than how many of them changed.

Where `bulk` tells of each record what it was before, nobody asks for that here: it is what costs most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from entities.schema import EntitySchema
from entities.store import CHANGED, quote

INCOMING = "connector_merged"
# Until the end of the transaction records are looked up by their keys. Nothing is known of the incoming table, and for
# what the planner takes it for, it may read all of a large one. What seems dear by that must not be compiled either.
PROBED = """
    SELECT set_config(name, 'off', true)
    FROM unnest(ARRAY['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'jit']) AS name
"""


def write(schema: EntitySchema, columns: Sequence[str], lines: Mapping[str, str], number: int) -> int:
    """Write records as `merge` does, given by their keys; where all of them are new they are copied straight in.

    That is half the work. Where somebody else creates one meanwhile it is an IntegrityError, as it may be of `merge`.
    """
    if not initial(schema, tuple(columns)) and may_be_added(schema, list(lines)):
        return add(schema, columns, lines.values(), number)
    return merge(schema, columns, lines.values(), number)


def may_be_added(schema: EntitySchema, keys: list[str]) -> bool:
    """Tell whether none of these records is there, deleted or not; of a file that came before, its first key tells.

    PostgreSQL copies nothing into a table whose policies are for its user too.
    """
    sql = f"""
        SELECT row_security_active(%s::regclass) OR EXISTS (
            SELECT FROM {quote(schema.table)}
            WHERE {quote(schema.key.column)} = ANY((SELECT string_to_array(%s, chr(10)))::text[])
        )
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(PROBED)
        for some in (keys[:1], keys):
            cursor.execute(sql, [quote(schema.table), "\n".join(some)])
            if cursor.fetchone()[0]:
                return False
    return True


def add(schema: EntitySchema, columns: Sequence[str], lines: Iterable[str], number: int) -> int:
    """Copy new records into the table itself, and return how many they are; the caller has a transaction."""
    names = ", ".join(quote(column) for column in [*columns, "last_delivery"])
    end = f"\t{number}\n"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(f"COPY {quote(schema.table)} ({names}) FROM STDIN") as incoming:
            incoming.write((end.join(lines) + end).encode())
        return int(cursor.rowcount)


def merge(schema: EntitySchema, columns: Sequence[str], lines: Iterable[str], number: int) -> int:
    """Write records whose keys are distinct, given as lines of COPY with these columns; return how many changed.

    `number` is what they have as the last delivery.

    Columns that are not named stay as they are. The caller has seen to it that no required one is missing of a new
    record.

    Raises:
        IntegrityError, DataError: the database refuses one of them; the caller's transaction is to be undone.
    """
    names = tuple(columns)
    others = list(initial(schema, names).values())
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute(incoming_sql(schema, names))
        with cursor.copy(f"COPY {INCOMING} FROM STDIN") as incoming:
            incoming.write(("\n".join(lines) + "\n").encode())
        cursor.execute(PROBED)
        cursor.execute(merge_sql(schema, names), [number, *others, number, number, *others])
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
    values = schema.completed({})
    return {column: value for column, value in values.items() if column not in columns and value is not None}


@cache
def merge_sql(schema: EntitySchema, columns: tuple[str, ...]) -> str:
    """Return the statement; a deleted record is revived and holds nothing but what came."""
    named, others = [quote(column) for column in columns], [quote(column) for column in initial(schema, columns)]
    key = quote(schema.key.column)
    told = [name for name in named if name != key]
    stored, incoming = (", ".join(f"{row}.{name}" for name in told) for row in ("stored", "incoming"))
    # What was written since the number was drawn is older now, and a repeat of it is none.
    number = f"last_delivery = greatest(%s, stored.last_delivery + 1), {CHANGED}"
    came = ", ".join([*(f"{name} = incoming.{name}" for name in told), number])
    values = ", ".join([*(f"incoming.{name}" for name in named), *["%s"] * (1 + len(others))])
    return f"""
        MERGE INTO {quote(schema.table)} AS stored USING {INCOMING} AS incoming ON stored.{key} = incoming.{key}
        WHEN MATCHED AND stored.deleted_at IS NOT NULL THEN UPDATE SET {came}, {emptied(schema, columns)}
        WHEN MATCHED AND ({stored}) IS DISTINCT FROM ({incoming}) THEN UPDATE SET {came}
        WHEN NOT MATCHED THEN INSERT ({", ".join([*named, "last_delivery", *others])}) VALUES ({values})
    """  # noqa: S608 (every name is a model's, quoted, or ours)


def emptied(schema: EntitySchema, columns: tuple[str, ...]) -> str:
    """Return what is set of a revived record besides what came: it is as a new one."""
    others = initial(schema, columns)
    unnamed = [column for column in schema.leaves if column not in columns and column not in others]
    return ", ".join(
        [
            *(f"{quote(column)} = %s" for column in others),
            *(f"{quote(column)} = DEFAULT" for column in [*unnamed, "extra", "created_at", "deleted_at"]),
        ]
    )
