"""The data layout: what Dsync draws (contract section 2, "Data layout")."""

from __future__ import annotations

from typing import Any

from entities.schema.fields import FieldSchema


def field_layout(field: FieldSchema) -> dict[str, Any]:
    """Return the 13 keys of a field, defaults included, and `fields` where it is an object."""
    layout: dict[str, Any] = {
        "id": None,
        "treekey": field.treekey,
        "value": None,
        "type": field.type,
        "multiple": field.multiple,
        "date_format": field.date_format,
        "required": field.required,
        "functions": [],
        "primary_key": field.primary_key,
        "foreign_key": field.foreign_key,
        "bool_settings": field.bool_settings,
        "name": field.name,
        "description": field.description,
    }
    if field.children:
        layout["fields"] = [field_layout(child) for child in field.children]
    return layout
