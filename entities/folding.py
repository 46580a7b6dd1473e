"""Many writes to many records of one entity, folded in memory and written by one statement.

A fold offers what `entities.store` offers for one record; rows are read and locked when it opens, and `save` writes
each changed one once, whatever number of writes met in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from django.db import connection

from entities import store
from entities.entity import OnDelete
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema
from entities.store import Written, encode, quote

decode = msgspec.json.Decoder(float_hook=Decimal).decode
Values = dict[str, Any]


@dataclass(slots=True)
class Row:
    """A record as it stands in the fold; values are by column, in any form that JSON takes."""

    values: Values = field(default_factory=dict)
    extra: Values = field(default_factory=dict)
    lives: bool = False
    delivery: int = 0
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
        row.values = {
            column: in_json(leaf, values.get(column, leaf.initial())) for column, leaf in schema.leaves.items()
        }
        row.extra = dict(extra)
        self.touch(row, delivery, lives=True)
        return Written()

    def update(self, schema: EntitySchema, values: Values, extra: Values, delivery: int) -> Written | None:
        row = self.row(values[schema.key.column])
        if not row.lives:
            return None
        changed = {
            column: in_json(schema.leaves[column], value)
            for column, value in values.items()
            if column != schema.key.column
        }
        before: Values = {column: row.values[column] for column in changed}
        if extra:
            before["extra"] = row.extra or None
            row.extra = {**row.extra, **extra}
        row.values |= changed
        self.touch(row, delivery, lives=True)
        return Written(encode(before).decode())

    def delete(self, schema: EntitySchema, key: Any, delivery: int) -> Written | None:
        row = self.row(key)
        if not row.lives:
            return None
        is_hard = schema.declaration.on_delete == OnDelete.HARD
        before = {**row.values, "extra": row.extra or None} if is_hard else {}
        self.touch(row, delivery, lives=False)
        return Written(encode(before).decode())

    def dangling(self, schema: EntitySchema, values: Values) -> Iterable[tuple[FieldSchema, str]]:
        return store.dangling(schema, values)

    def row(self, key: Any) -> Row:
        return self.rows.setdefault(self.schema.key.text(key), Row())

    def touch(self, row: Row, delivery: int, *, lives: bool) -> None:
        row.lives, row.delivery, row.is_changed = lives, delivery, True

    def save(self) -> None:
        """Write every changed record, in one statement; records that were removed take another."""
        changed = {key: row for key, row in self.rows.items() if row.is_changed}
        if self.schema.declaration.on_delete == OnDelete.HARD:
            remove(self.schema, [key for key, row in changed.items() if not row.lives])
            changed = {key: row for key, row in changed.items() if row.lives}
        write(self.schema, [row for row in changed.values() if row.values])


def in_json(leaf: FieldSchema, value: Any) -> Any:
    """Return a column's value as the JSON of a row has it; lists of objects are JSON text already."""
    return msgspec.Raw(value.encode()) if leaf.is_object_list and isinstance(value, str) else value


def load(schema: EntitySchema, keys: Sequence[Any]) -> dict[str, Row]:
    """Return the rows of these keys by key as text, deleted ones too, locked in one order for everybody."""
    columns = ", ".join(quote(column) for column in schema.leaves)
    key = quote(schema.key.column)
    sql = f"""
        SELECT {key}, (SELECT row_to_json(stored)::text FROM (SELECT {columns}) AS stored), extra::text,
               deleted_at IS NULL
        FROM {quote(schema.table)} WHERE {key} = ANY(%s) ORDER BY id FOR UPDATE
    """  # noqa: S608 (every name is a model's, quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(keys)])
        return {
            schema.key.text(value): Row(decode(row), decode(extra) if extra else {}, lives)
            for value, row, extra, lives in cursor.fetchall()
        }


def remove(schema: EntitySchema, keys: Sequence[str]) -> None:
    values = [schema.key.parse(key) for key in keys]
    if values:
        sql = f"DELETE FROM {quote(schema.table)} WHERE {quote(schema.key.column)} = ANY(%s)"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [values])


def write(schema: EntitySchema, rows: Sequence[Row]) -> None:
    if not rows:
        return
    records = [
        {**row.values, "extra": row.extra or None, "last_delivery": row.delivery, "is_deleted": not row.lives}
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(write_sql(schema), [encode(records).decode()])


@cache
def write_sql(schema: EntitySchema) -> str:
    fields = {field.column: field for field in schema.model._meta.concrete_fields}
    columns = [quote(column) for column in schema.leaves]
    typed = [f"{quote(column)} {fields[column].db_type(connection)}" for column in schema.leaves]
    replaced = [f"{column} = excluded.{column}" for column in [*columns, "extra", "last_delivery", "deleted_at"]]
    return f"""
        INSERT INTO {quote(schema.table)} AS stored ({", ".join(columns)}, extra, last_delivery, deleted_at)
        SELECT {", ".join(columns)}, extra, last_delivery, CASE WHEN is_deleted THEN now() END
        FROM jsonb_to_recordset(%s::jsonb)
             AS sent({", ".join(typed)}, extra jsonb, last_delivery bigint, is_deleted boolean)
        ON CONFLICT ({quote(schema.key.column)}) DO UPDATE SET {", ".join(replaced)}, updated_at = now(),
            changed_in = pg_current_xact_id(), created_at = CASE
                WHEN stored.deleted_at IS NOT NULL AND excluded.deleted_at IS NULL THEN now()
                ELSE stored.created_at
            END
    """  # noqa: S608 (every name is a model's, quoted)
