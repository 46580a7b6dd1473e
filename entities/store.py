"""Writing one record: each write is one statement, and tells what stood there before.

Values come by column, as `Validator.read` returns them; `delivery` is the number of the delivery that writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from django.db import connection

from entities.entity import OnDelete
from entities.schema import EntitySchema, schemas
from entities.schema.fields import FieldSchema
from entities.schema.readers import Invalid

encode = msgspec.json.Encoder(decimal_format="number").encode
quote = connection.ops.quote_name
# A record whose key stays may be referred to meanwhile; one that goes away may not.
UNCHANGED_KEY = "FOR NO KEY UPDATE"
GOING = "FOR UPDATE"
# Where a change stands among all others, as the columns of a new row say by themselves.
CHANGED = "updated_at = now(), changed_epoch = connector_epoch(), changed_in = pg_current_xact_id()"
STAMP = f"last_delivery = %s, {CHANGED}"


@dataclass(frozen=True, slots=True)
class Written:
    """A row that was written; `previous` is the JSON of what the written columns held before, None for a new row."""

    previous: str | None = None


def create(schema: EntitySchema, values: dict[str, Any], extra: dict[str, Any], delivery: int) -> Written | None:
    """Insert a record, or revive a deleted one with nothing but these values; None when the key lives."""
    # The database asks its rules of the row that would be inserted, even where the key then stands against it.
    if schema.has_rules and written(locked_sql(schema, [], UNCHANGED_KEY), [values[schema.key.column]]):
        return None
    with connection.cursor() as cursor:
        cursor.execute(insert_sql(schema), [*schema.completed(values).values(), kept(extra), delivery])
        return Written() if cursor.fetchone() else None


def update(schema: EntitySchema, values: dict[str, Any], extra: dict[str, Any], delivery: int) -> Written | None:
    """Set these columns of a live record; None when there is no such record."""
    key = values[schema.key.column]
    changed = {column: value for column, value in values.items() if column != schema.key.column}
    assignments = [f"{quote(column)} = {placeholder(schema.leaves[column])}" for column in changed]
    parameters = list(changed.values())
    if extra:
        assignments.append("extra = coalesce(stored.extra, '{}') || %s::jsonb")
        parameters.append(kept(extra))
    sql = f"""
        UPDATE {quote(schema.table)} AS stored SET {", ".join([*assignments, STAMP])}
        FROM ({locked_sql(schema, [*changed, *(["extra"] if extra else [])], UNCHANGED_KEY)}) AS old
        WHERE stored.id = old.id RETURNING old.previous
    """  # noqa: S608 (every name is a model's, quoted)
    return written(sql, [*parameters, delivery, key])


def delete(schema: EntitySchema, key: Any, delivery: int) -> Written | None:
    """Mark or remove a live record, as the entity says; None when there is no such record."""
    table = quote(schema.table)
    locked = locked_sql(schema, [*schema.leaves, "extra"], GOING)
    if schema.declaration.on_delete == OnDelete.SOFT:
        sql = f"UPDATE {table} AS stored SET deleted_at = now(), {STAMP} FROM ({locked}) AS old"  # noqa: S608
        return written(f"{sql} WHERE stored.id = old.id RETURNING old.previous", [delivery, key])
    removal = f"DELETE FROM {table} AS stored USING ({locked}) AS old WHERE stored.id = old.id"  # noqa: S608
    return written(removal_sql(schema, removal, "old.previous"), [key, schema.name])


def erase(schema: EntitySchema, key: Any) -> bool:
    """Remove a record, whether it lives or is marked deleted, whatever the entity says; tell whether it was there."""
    removal = f"DELETE FROM {quote(schema.table)} AS stored WHERE stored.{quote(schema.key.column)} = %s"  # noqa: S608
    return written(removal_sql(schema, removal, "NULL"), [key, schema.name]) is not None


def written_after_sql(schema: EntitySchema, number: str) -> str:
    """Return the query that finds a record, by key, where a write after that of this number changed it last."""
    column = quote(schema.key.column)
    return f"SELECT FROM {quote(schema.table)} WHERE {column} = %s AND last_delivery > {number}"


def is_written_after(schema: EntitySchema, record_key: str, number: int) -> bool:
    """Tell whether a write after that of this number changed a record last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({written_after_sql(schema, '%s')})", [readable(schema, record_key), number])
        return bool(cursor.fetchone()[0])


def removal_sql(schema: EntitySchema, removal: str, told: str) -> str:
    """Return the statement that removes records, leaves a tombstone of each, and tells something of each."""
    return f"""
        WITH gone AS ({removal} RETURNING stored.id, stored.{quote(schema.key.column)}::text AS key, {told} AS told),
        left_behind AS (INSERT INTO entities_tombstone (entity, key, record) SELECT %s, key, id FROM gone)
        SELECT told FROM gone
    """  # noqa: S608 (every name is a model's, quoted, or ours)


def dangling(schema: EntitySchema, values: dict[str, Any]) -> Iterable[tuple[FieldSchema, str]]:
    """Yield the enforced references among these values that name no live record, with the key that each names."""
    return dangling_of_each(schema, [values])[0]


def dangling_of_each(schema: EntitySchema, rows: Sequence[dict[str, Any]]) -> list[list[tuple[FieldSchema, str]]]:
    """Return the same of each of many records, with one look for each field."""
    dangling: list[list[tuple[FieldSchema, str]]] = [[] for _ in rows]
    for leaf in schema.enforced:
        named = [keys_in(row.get(leaf.column or "")) for row in rows]
        keys = {key for of_row in named for key in of_row}
        found = locked_keys(schemas()[leaf.foreign_key or ""], list(keys)) if keys else set()
        for of_row, missing in zip(named, dangling, strict=True):
            missing += [(leaf, key) for key in of_row if key not in found]
    return dangling


def keys_in(value: Any) -> Sequence[str]:
    """Return the keys that the value of a reference names."""
    return value if isinstance(value, list) else [] if value is None else [value]


def locked_keys(schema: EntitySchema, keys: Sequence[str]) -> set[str]:
    """Return which of these keys have a live record; those records stay until the transaction ends."""
    values = {key: value for key in keys if (value := readable(schema, key)) is not None}
    column = quote(schema.key.column)
    kind = schema.model._meta.get_field(schema.declaration.key).db_type(connection)
    sql = f"""
        SELECT {column} FROM {quote(schema.table)} WHERE {column} = ANY(%s::{kind}[]) AND deleted_at IS NULL
        ORDER BY id FOR KEY SHARE
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(values.values())])
        found = {row[0] for row in cursor.fetchall()}
    return {key for key, value in values.items() if value in found}


def readable(schema: EntitySchema, key: str) -> Any:
    """Return the column's value of a key, None where no record can have it."""
    try:
        return schema.key.parse(key)
    except Invalid:
        return None


def written(sql: str, parameters: Sequence[Any]) -> Written | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return Written(row[-1]) if row else None


@cache
def insert_sql(schema: EntitySchema) -> str:
    """Return the statement that inserts a record or revives a deleted one."""
    columns = ", ".join(quote(column) for column in schema.leaves)
    values = ", ".join(map(placeholder, schema.leaves.values()))
    return f"""
        INSERT INTO {quote(schema.table)} AS stored ({columns}, extra, last_delivery) VALUES ({values}, %s::jsonb, %s)
        {revival_sql(schema)} RETURNING id
    """  # noqa: S608 (every name is a model's, quoted)


def revival_sql(schema: EntitySchema) -> str:
    """Return what an insert does about a key that is there: a deleted record is revived, a live one stays as it is."""
    columns = [quote(column) for column in schema.leaves]
    replaced = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return f"""
        ON CONFLICT ({quote(schema.key.column)}) DO UPDATE
        SET {replaced}, extra = excluded.extra, last_delivery = excluded.last_delivery, deleted_at = NULL,
            created_at = now(), {CHANGED}
        WHERE stored.deleted_at IS NOT NULL
    """  # noqa: S608 (every name is a model's, quoted)


def locked_sql(schema: EntitySchema, columns: Iterable[str], lock: str) -> str:
    """Return the query of one live record, by key, under a lock: its id, and the named columns as JSON."""
    shown = ", ".join(quote(column) for column in columns)
    previous = f"(SELECT row_to_json(before)::text FROM (SELECT {shown}) AS before)" if shown else "'{}'"  # noqa: S608
    return (
        f"SELECT id, {previous} AS previous FROM {quote(schema.table)}"  # noqa: S608
        f" WHERE {quote(schema.key.column)} = %s AND deleted_at IS NULL {lock}"
    )


def placeholder(leaf: FieldSchema) -> str:
    return "%s::jsonb" if leaf.is_object_list else "%s"


def kept(extra: dict[str, Any]) -> str | None:
    return encode(extra).decode() if extra else None
