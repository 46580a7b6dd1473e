"""JSON Schema (2020-12) of an entity: what a create takes, what an update takes, and what mass synchronisation serves.

A schema takes all that the validator takes. The other way round it says what JSON Schema can say: how many decimals a
number has, what a validator of the deployer's own wants, or that a reference names a record stands in words alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from connector.edge.json_types import VISIBLE_TEXT, Schema, listing, nullable, record
from entities.entity import OnUnknown
from entities.fields import Part
from entities.schema.entity import EntitySchema
from entities.schema.fields import FieldSchema
from entities.schema.keys import KEY_LENGTH
from entities.schema.value_types import item_type, taken_type, words

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VISIBLE = {"maxLength": KEY_LENGTH, "pattern": VISIBLE_TEXT}


def create_schema(schema: EntitySchema) -> Schema:
    """Return what the body of a POST must be."""
    parts = parts_of(schema)
    required = [field.name for field in schema.fields if is_needed(field) and field.name not in parts]
    body = members(schema, schema.fields, required)
    if schema.key.composite is not None:
        body["anyOf"] = [{"required": [schema.key.field.name]}, all_parts(schema, schema.key.composite.parts)]
    return body


def update_schema(schema: EntitySchema) -> Schema:
    """Return what the body of a PUT must be: whatever is not sent stays."""
    return members(schema, schema.fields, [])


def item_schema(schema: EntitySchema) -> Schema:
    """Return what a record is in a page of mass synchronisation."""
    return record({field.name: served(field) for field in schema.fields})


def deletion_schema(schema: EntitySchema) -> Schema:
    """Return what tells of a deletion among changes."""
    return record({schema.key.field.name: served(schema.key.field), "_deleted": {"const": True}})


def entity_schema(schema: EntitySchema, address: str) -> Schema:
    """Return the document of an entity: by itself what a create takes, and the others among its definitions."""
    shapes = {"create": create_schema, "update": update_schema, "item": item_schema, "deletion": deletion_schema}
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": schema.name,
        "description": f"What POST /entity/{schema.name} takes; $defs has what PUT takes and what is served.",
        "$ref": "#/$defs/create",
        "$defs": {name: shape(schema) for name, shape in shapes.items()},
    }


def members(schema: EntitySchema, fields: Iterable[FieldSchema], required: list[str]) -> Schema:
    """Return an object of a body; what it does not know is refused where the entity refuses it."""
    is_closed = schema.declaration.on_unknown == OnUnknown.REJECT
    return record({field.name: taken(schema, field) for field in fields}, required=required, is_closed=is_closed)


def taken(schema: EntitySchema, field: FieldSchema, *, in_list: bool = False) -> Schema:
    """Return what a body may say of a field, or of an object's member in a list."""
    if field.is_group:
        inner = group(schema, field, in_list=in_list)
    elif field.multiple:
        inner = listing(entry(schema, field))
    else:
        inner = {**(VISIBLE if is_of_key(schema, field) else {}), **taken_type(field)}
    if not is_needed(field) and not field.primary_key:
        inner = nullable(inner, *([] if field.type == "text" else [""]))
    return described(field, inner)


def group(schema: EntitySchema, field: FieldSchema, *, in_list: bool) -> Schema:
    """Return what a group may be; the required members of one in a list must be there, of others a create tells."""
    required = [child.name for child in field.children if in_list and is_needed(child)]
    body = members(schema, (), required)
    body["properties"] = {child.name: taken(schema, child, in_list=in_list) for child in field.children}
    return body


def entry(schema: EntitySchema, field: FieldSchema) -> Schema:
    """Return what an entry of a list must be: null is none."""
    return group(schema, field, in_list=True) if field.children else taken_type(field)


def served(field: FieldSchema) -> Schema:
    """Return what mass synchronisation says of a field."""
    members = {child.name: served(child) for child in field.children}
    inner = record(members) if members else item_type(field)
    if field.multiple:
        inner = listing(inner)
    is_null = field.nullable and not field.is_group and not field.primary_key
    return described(field, nullable(inner) if is_null else inner)


def is_needed(field: FieldSchema) -> bool:
    """Tell whether a new record cannot do without a field, or an object without a member."""
    if field.is_group:
        return any(is_needed(child) for child in field.children)
    return field.required


def described(field: FieldSchema, schema: Schema) -> Schema:
    said = " ".join(f"{text.rstrip('.')}." for text in (field.description, *words(field)) if text)
    return {**schema, "description": said} if said else schema


def parts_of(schema: EntitySchema) -> set[str]:
    """Return the names of the fields of which a composite key is made."""
    composite = schema.key.composite
    return {schema.leaves[column].name for column in composite.columns()} if composite else set()


def is_of_key(schema: EntitySchema, field: FieldSchema) -> bool:
    """Tell whether a text is the key, or a part of it: somebody must be able to address it again."""
    return field.type == "text" and (field.primary_key or (bool(field.column) and field.name in parts_of(schema)))


def all_parts(schema: EntitySchema, parts: Iterable[Part]) -> Schema:
    """Return that all parts of a key are there, each in one of its ways."""
    return {"allOf": [part_schema(schema, part) for part in parts]}


def part_schema(schema: EntitySchema, part: Part) -> Schema:
    ways = [[part]] if isinstance(part, str) else [[part[0]], list(part[1])]
    return {"anyOf": [given([schema.leaves[column].name for column in way]) for way in ways]}


def given(names: list[str]) -> Schema:
    """Return that members are there, and are not null."""
    return {"required": names, "properties": {name: {"not": {"type": "null"}} for name in names}}
