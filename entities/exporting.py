"""Records as rows of cells: a column for each field that has one, named by its place in the layout, the key first.

A cell is the value as mass synchronisation has it: numbers exactly, moments in the declared form, lists as JSON. An
empty cell is null; texts are guarded (`connector.edge.cells`), so that a file can be read back without a loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.db.models import QuerySet

from connector.edge.cells import guarded
from entities import reading
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema

AT_ONCE = 2_000
DELETED = "_deleted"
Item = dict[str, msgspec.Raw]
read_item = msgspec.json.Decoder(Item).decode
read_text = msgspec.json.Decoder(str).decode


def column_name(schema: EntitySchema, leaf: FieldSchema) -> str:
    """Return the name of a field's column: its place in the layout, within the entity."""
    return leaf.treekey.removeprefix(f"{schema.name}.")


def exported(schema: EntitySchema) -> list[FieldSchema]:
    """Return the fields that have a column, the key first."""
    key = schema.key.field
    return [key, *(leaf for leaf in schema.leaves.values() if leaf is not key)]


def rows_of(schema: EntitySchema, records: QuerySet[Any], *, with_deleted: bool = False) -> Iterator[list[list[str]]]:
    """Yield the header, and then records in portions; each portion is a question of its own, and none is kept."""
    names = [column_name(schema, leaf) for leaf in exported(schema)]
    yield [[*names, DELETED] if with_deleted else names]
    for numbers in portions(records if with_deleted else records.filter(deleted_at=None)):
        yield [
            [*cells_of(schema, item), *(["true" if is_deleted else ""] if with_deleted else [])]
            for item, is_deleted in reading.items_numbered(schema, numbers)
        ]


def portions(records: QuerySet[Any]) -> Iterator[list[int]]:
    ordered = records.order_by("pk").values_list("pk", flat=True)
    numbers = list(ordered[:AT_ONCE])
    while numbers:
        yield numbers
        numbers = list(ordered.filter(pk__gt=numbers[-1])[:AT_ONCE])


def cells_of(schema: EntitySchema, item: str) -> Iterable[str]:
    members = flat(read_item(item), schema.fields)
    return [cell(members.get(leaf.column or "")) for leaf in exported(schema)]


def flat(item: Item, fields: Iterable[FieldSchema]) -> Item:
    """Return the members of an item by column, those of its groups too."""
    members: Item = {}
    for field in fields:
        if field.is_group:
            members |= flat(read_item(item[field.name]), field.children)
        else:
            members[field.column or ""] = item[field.name]
    return members


def cell(value: msgspec.Raw | None) -> str:
    """Return a JSON value as a cell; what is no text stands as JSON, which begins as no formula but for a minus."""
    written = b"null" if value is None else bytes(value)
    if written == b"null":
        return ""
    return guarded(read_text(written)) if written.startswith(b'"') else written.decode()
