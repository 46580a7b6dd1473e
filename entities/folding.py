"""Many writes to many records of one entity, folded in memory and written by one statement.

A fold offers what `entities.store` offers for one record; rows are read and locked when it opens, and `save` writes
each changed one once, whatever number of writes met in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from django.db import connection

from entities import store
from entities.entity import OnDelete
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema
from entities.schema.readers import plain
from entities.store import Written, encode, quote

decode = msgspec.json.Decoder(float_hook=Decimal).decode
Values = dict[str, Any]
PLAIN = {str, int, bool, type(None)}  # are in JSON as they are


@dataclass(slots=True)
class Row:
    """A record as it stands in the fold; values are by column, in any form that JSON takes."""

    values: Values = field(default_factory=dict)
    extra: Values = field(default_factory=dict)
    lives: bool = False
    delivery: int = 0
    is_created: bool = False
    is_changed: bool = False


class Fold:
    """The records of one entity that a batch of writes touches."""

    def __init__(self, schema: EntitySchema, keys: Sequence[Any]) -> None:
        self.schema = schema
        self.rows = load(schema, keys)

    def create(self, schema: EntitySchema, values: Values, extra: Values, delivery: int) -> Written | None:
        row = self.row(values[schema.key.column])
        if row.lives:
            return None
        self.judged(row)
        row.values = new_values(schema, values)
        row.extra = dict(extra)
        row.is_created = True
        self.touch(row, delivery, lives=True)
        return Written()

    def update(self, schema: EntitySchema, values: Values, extra: Values, delivery: int) -> Written | None:
        row = self.row(values[schema.key.column])
        if not row.lives:
            return None
        self.judged(row)
        changed = changes(schema, values, {})
        before: Values = {column: row.values[column] for column in changed}
        if extra:
            before["extra"] = row.extra or None
            row.extra = {**row.extra, **extra}
        row.values |= changed
        self.touch(row, delivery, lives=True)
        return Written(encode(before).decode())

    def delete(self, _schema: EntitySchema, key: Any, delivery: int) -> Written | None:
        row = self.row(key)
        if not row.lives:
            return None
        self.judged(row)
        before = {**row.values, "extra": row.extra or None}
        self.touch(row, delivery, lives=False)
        return Written(encode(before).decode())

    def dangling(self, schema: EntitySchema, values: Values) -> Iterable[tuple[FieldSchema, str]]:
        return store.dangling(schema, values)

    def row(self, key: Any) -> Row:
        return self.rows.setdefault(self.schema.key.text(key), Row())

    def judged(self, row: Row) -> None:
        """Have the database judge what a row was to become, before another write makes something else of it.

        A rule that only the database knows would otherwise be asked of the last state alone.
        """
        if row.is_changed and self.schema.has_rules:
            self.save()

    def touch(self, row: Row, delivery: int, *, lives: bool) -> None:
        row.lives, row.delivery, row.is_changed = lives, delivery, True

    def save(self) -> None:
        """Write every changed record, in one statement; records that were removed take another."""
        changed = {key: row for key, row in self.rows.items() if row.is_changed}
        for row in changed.values():
            row.is_changed = False
        if self.schema.declaration.on_delete == OnDelete.HARD:
            remove(self.schema, [key for key, row in changed.items() if not row.lives])
            changed = {key: row for key, row in changed.items() if row.lives}
        write(self.schema, list(changed.values()))


def new_values(schema: EntitySchema, values: Values) -> Values:
    """Return all columns of a record that is created with these values."""
    return row_of(schema, schema.completed(values))


def changes(schema: EntitySchema, values: Values, extra: Values) -> Values:
    """Return what a change sets of a record, beside its key."""
    changed = row_of(schema, values)
    changed.pop(schema.key.column, None)
    return {**changed, "extra": extra} if extra else changed


def row_of(schema: EntitySchema, values: Values) -> Values:
    """Return values as the JSON of a row has them; most are what they were."""
    leaves, lists = schema.leaves, object_lists(schema)
    return {
        column: value if type(value) in PLAIN and column not in lists else in_json(leaves[column], value)
        for column, value in values.items()
    }


@cache
def object_lists(schema: EntitySchema) -> frozenset[str]:
    return frozenset(column for column, leaf in schema.leaves.items() if leaf.is_object_list)


def in_json(leaf: FieldSchema, value: Any) -> Any:
    """Return a column's value as the JSON of a row has it; lists of objects are JSON text already.

    Numbers have no zeros at their end: PostgreSQL would not read 1.0 from JSON into an integer column.
    """
    if leaf.is_object_list:
        return msgspec.Raw(value.encode()) if isinstance(value, str) else value
    if isinstance(value, list):
        return [in_json(leaf, entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()  # As PostgreSQL tells it, where msgspec writes Z.
    return msgspec.Raw(plain(value).encode()) if isinstance(value, Decimal) else value


def load(schema: EntitySchema, keys: Sequence[Any]) -> dict[str, Row]:
    """Return the rows of these keys by key as text, deleted ones too, locked in one order for everybody."""
    columns = ", ".join(quote(column) for column in schema.leaves)
    key = quote(schema.key.column)
    sql = f"""
        SELECT {key}, (SELECT row_to_json(stored)::text FROM (SELECT {columns}) AS stored), extra::text,
               deleted_at IS NULL
        FROM {quote(schema.table)} WHERE {key} = ANY({keys_sql(schema)}) ORDER BY id FOR UPDATE
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(keys)])
        return {
            schema.key.text(value): Row(decode(row), decode(extra) if extra else {}, lives)
            for value, row, extra, lives in cursor.fetchall()
        }


def keys_sql(schema: EntitySchema) -> str:
    """Return the placeholder of a list of keys, in the column's own type: another one would not use its index."""
    return f"%s::{schema.model._meta.get_field(schema.declaration.key).db_type(connection)}[]"


def remove(schema: EntitySchema, keys: Sequence[str]) -> None:
    values = [schema.key.parse(key) for key in keys]
    if values:
        chosen = f"stored.{quote(schema.key.column)} = ANY({keys_sql(schema)})"
        removal = f"DELETE FROM {quote(schema.table)} AS stored WHERE {chosen}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(store.removal_sql(schema, removal, "NULL"), [values, schema.name])


def write(schema: EntitySchema, rows: Sequence[Row]) -> None:
    if not rows:
        return
    records = [{**row.values, "extra": row.extra or None, **stamp(row)} for row in rows]
    for row in rows:
        row.is_created = False
    with connection.cursor() as cursor:
        cursor.execute(write_sql(schema), [encode(records).decode()])


def stamp(row: Row) -> Values:
    return {"last_delivery": row.delivery, "is_deleted": not row.lives, "is_created": row.is_created}


@cache
def write_sql(schema: EntitySchema) -> str:
    columns = [quote(column) for column in schema.leaves]
    replaced = [f"{column} = excluded.{column}" for column in [*columns, "extra", "last_delivery", "deleted_at"]]
    stamps = "extra jsonb, last_delivery bigint, is_deleted boolean, is_created boolean"
    return f"""
        INSERT INTO {quote(schema.table)} AS stored ({", ".join(columns)}, extra, last_delivery, deleted_at, created_at)
        SELECT {", ".join(columns)}, extra, last_delivery, CASE WHEN is_deleted THEN now() END,
               CASE WHEN is_created THEN now() ELSE 'epoch' END
        FROM jsonb_to_recordset(%s::jsonb) AS sent({typed(schema)}, {stamps})
        ON CONFLICT ({quote(schema.key.column)}) DO UPDATE SET {", ".join(replaced)}, {store.CHANGED},
            created_at = greatest(stored.created_at, excluded.created_at)
    """  # noqa: S608 (every name is a model's, quoted)


def typed(schema: EntitySchema, columns: Iterable[str] | None = None) -> str:
    """Return columns of an entity, all of them unless some are named, with their types."""
    fields = {field.column: field for field in schema.model._meta.concrete_fields}
    named = schema.leaves if columns is None else columns
    return ", ".join(f"{quote(column)} {fields[column].db_type(connection)}" for column in named)
