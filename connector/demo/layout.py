"""The data layout as Dsync reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import msgspec

FieldType = Literal["text", "number", "url", "email", "date", "time", "datetime", "boolean", "object", "math", "custom"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One field: its 13 keys are always there, and an object has its children besides."""

    id: int | str | None
    treekey: str
    value: Any
    type: FieldType
    multiple: bool
    date_format: str | None
    required: bool
    functions: list[Any]
    primary_key: bool
    foreign_key: str | None
    bool_settings: str | None
    name: str
    description: str
    fields: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET

    @cached_property
    def children(self) -> list[Field]:
        return [msgspec.convert(field, Field) for field in self.fields or []]


class Entity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    entity_name: str
    treekey: str
    endpoint_url: str
    entity_token: str
    fields: list[dict[str, Any]]

    @cached_property
    def children(self) -> list[Field]:
        return [msgspec.convert(field, Field) for field in self.fields]

    @property
    def key(self) -> str:
        return next(field.name for field in self.children if field.primary_key)


def entities(data: dict[str, Any]) -> dict[str, Entity]:
    """Return the entities of a data layout by name, without those that cannot be read."""
    read = {}
    for raw in data.get("data_layout") or []:
        try:
            entity = msgspec.convert(raw, Entity)
            read[entity.entity_name] = entity
        except msgspec.ValidationError:
            continue
    return read


def faults(data: dict[str, Any]) -> Iterator[str]:
    """Name everything that would keep Dsync from drawing the layout."""
    layout = data.get("data_layout")
    if not isinstance(layout, list) or not layout:
        yield "data_layout is no list of entities"
        return
    names = {raw.get("entity_name") for raw in layout if isinstance(raw, dict)}
    tokens: set[str] = set()
    for position, raw in enumerate(layout):
        try:
            entity = msgspec.convert(raw, Entity)
        except msgspec.ValidationError as exc:
            yield f"entity {position} of the layout: {exc}"
            continue
        if not entity.entity_token or entity.entity_token in tokens:
            yield f"{entity.entity_name}: its entity_token is empty or that of another entity"
        tokens.add(entity.entity_token)
        yield from _entity_faults(entity, names)


def _entity_faults(entity: Entity, names: set[Any]) -> Iterator[str]:
    if entity.treekey != entity.entity_name:
        yield f"{entity.entity_name}: its treekey is {entity.treekey!r}"
    if not entity.endpoint_url.endswith(f"/entity/{entity.entity_name}"):
        yield f"{entity.entity_name}: its endpoint_url is {entity.endpoint_url!r}"
    keys = [field.get("treekey") for field in entity.fields if field.get("primary_key") is True]
    if len(keys) != 1:
        yield f"{entity.entity_name}: it has {len(keys)} keys, not one"
    yield from _field_faults(entity.fields, entity.treekey, names)


def _field_faults(fields: list[dict[str, Any]], parent: str, names: set[Any]) -> Iterator[str]:
    if not fields:
        yield f"{parent}: it has no fields"
    treekeys = Counter(raw.get("treekey") for raw in fields)
    for raw in fields:
        try:
            field = msgspec.convert(raw, Field)
        except msgspec.ValidationError as exc:
            yield f"{raw.get('treekey', parent)}: {exc}"
            continue
        if field.treekey != f"{parent}.{field.name}" or treekeys[field.treekey] > 1:
            yield f"{field.treekey}: no treekey of its own under {parent} for the name {field.name!r}"
        if field.foreign_key is not None and field.foreign_key not in names:
            yield f"{field.treekey}: foreign_key names {field.foreign_key!r}, which is no entity"
        yield from _object_faults(field, names)


def _object_faults(field: Field, names: set[Any]) -> Iterator[str]:
    if (field.type == "object") != isinstance(field.fields, list):
        yield f"{field.treekey}: objects have fields, other types have none"
    if isinstance(field.fields, list):
        yield from _field_faults(field.fields, field.treekey, names)
