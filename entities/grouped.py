"""Statements that write many records of one entity, each for a delivery of its own, and tell the number of each.

Deliveries are a table that the records, sent as JSON, are joined with. What cannot be written as it is meant is left
out, and nobody waits: not for a key that lives or does not, nor for a row that somebody else is at work on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from entities import store
from entities.folding import in_json, new_values, typed
from entities.schema import EntitySchema
from entities.store import quote

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """A table of deliveries: the columns, with types, by which a record names its own; the join; their number."""

    named_by: str
    join: str
    number: str


def new_record(schema: EntitySchema, values: Values, extra: Values) -> Values:
    """Return a record as `insert_sql` takes it."""
    return {**new_values(schema, values), "extra": extra or None}


def key_of(schema: EntitySchema, key: Any) -> Values:
    """Return what names a record, as `update_sql` and `delete_sql` take it."""
    return {schema.key.column: in_json(schema.key.field, key)}


@cache
def insert_sql(schema: EntitySchema, deliveries: Deliveries) -> str:
    """Return the statement that inserts records, or revives deleted ones; it leaves out those whose key lives."""
    columns = [quote(column) for column in [*schema.leaves, "extra"]]
    values = ", ".join(f"sent.{column}" for column in columns)
    return f"""
        INSERT INTO {quote(schema.table)} AS stored ({", ".join(columns)}, last_delivery)
        SELECT {values}, {deliveries.number} FROM {sent(schema, schema.leaves, deliveries)}
        {store.revival_sql(schema)} RETURNING last_delivery
    """  # noqa: S608 (every name is a model's, quoted)


def update_sql(schema: EntitySchema, columns: Iterable[str], deliveries: Deliveries) -> str:
    """Return the statement that sets columns of records, `extra` among them, and tells what they held."""
    values = {column: f"value_{place}" for place, column in enumerate(columns)}
    assignments = [f"{quote(column)} = {value}" for column, value in values.items() if column != "extra"]
    if "extra" in values:
        assignments.append(f"extra = coalesce(stored.extra, '{{}}') || {values['extra']}")
    taken = [f"sent.{quote(column)} AS {value}" for column, value in values.items()]
    old = old_sql(schema, list(values), deliveries, store.UNCHANGED_KEY, taken)
    return changing_sql(schema, assignments, old)


@cache
def delete_sql(schema: EntitySchema, deliveries: Deliveries) -> str:
    """Return the statement that marks records as deleted, and tells what they held."""
    columns = [*schema.leaves, "extra"]
    return changing_sql(schema, ["deleted_at = now()"], old_sql(schema, columns, deliveries, store.GOING))


def changing_sql(schema: EntitySchema, assignments: Iterable[str], old: str) -> str:
    return f"""
        UPDATE {quote(schema.table)} AS stored
        SET {", ".join(assignments)}, last_delivery = old.number, {store.CHANGED}
        FROM ({old}) AS old WHERE stored.id = old.id RETURNING old.number, old.previous
    """  # noqa: S608 (every name is a model's, quoted)


def old_sql(
    schema: EntitySchema, shown: Iterable[str], deliveries: Deliveries, lock: str, taken: Iterable[str] = ()
) -> str:
    """Return the query of records that live, with what is taken of what was sent and what the shown columns hold."""
    before = ", ".join(f"record.{quote(column)}" for column in shown)
    columns = [schema.key.column, *(column for column in shown if column not in {schema.key.column, "extra"})]
    key = quote(schema.key.column)
    return f"""
        SELECT {", ".join(["record.id", f"{deliveries.number} AS number", *taken])},
               (SELECT row_to_json(before)::text FROM (SELECT {before}) AS before) AS previous
        FROM {sent(schema, columns if taken else columns[:1], deliveries)}
        JOIN {quote(schema.table)} AS record ON record.{key} = sent.{key} AND record.deleted_at IS NULL
        {lock} OF record SKIP LOCKED
    """  # noqa: S608 (every name is a model's, quoted)


def sent(schema: EntitySchema, columns: Iterable[str], deliveries: Deliveries) -> str:
    return (
        f"json_to_recordset(%s::json) AS sent({typed(schema, columns)}, extra jsonb, {deliveries.named_by})"
        f" {deliveries.join}"
    )
