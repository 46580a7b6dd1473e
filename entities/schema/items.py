"""The SQL that writes a row as an item of mass synchronisation: PostgreSQL makes the JSON, nobody else touches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from entities.schema.fields import FieldSchema

Quote = Callable[[str], str]


def object_sql(fields: Iterable[FieldSchema], quote: Quote) -> str:
    """Return an expression for one JSON object; a row type has no limit of 50 keys, as json_build_object has."""
    members = ", ".join(f"{field_sql(field, quote)} AS {quote(field.name)}" for field in fields)
    return f"(SELECT row_to_json(item) FROM (SELECT {members}) AS item)"  # noqa: S608 (names of the schema, quoted)


def deletion_sql(key: FieldSchema, quote: Quote) -> str:
    """Return an expression for what tells of a deletion."""
    members = f'{field_sql(key, quote)} AS {quote(key.name)}, true AS "_deleted"'
    return f"(SELECT row_to_json(item) FROM (SELECT {members}) AS item)"  # noqa: S608 (names of the schema, quoted)


def field_sql(field: FieldSchema, quote: Quote) -> str:
    if field.is_group:
        return object_sql(field.children, quote)
    column = quote(field.column or "")
    if field.reader is None:
        return column
    written = field.reader.sql("entry" if field.multiple else column)
    if not field.multiple or written == "entry":
        return column if field.multiple else written
    entries = f"(SELECT json_agg({written} ORDER BY place) FROM unnest({column}) WITH ORDINALITY AS list(entry, place))"  # noqa: S608
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE coalesce({entries}, '[]'::json) END"
