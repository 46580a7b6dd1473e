"""Which fields of an entity a list shows, and how a field is shown anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.db import models
from django.utils.html import format_html, format_html_join

from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, link, moment, short, table, text
from connector.edge.payloads import hidden
from entities.schema import EntitySchema
from entities.schema.fields import FieldSchema

MOMENTS = ("date", "datetime", "time")


def list_fields(schema: EntitySchema) -> list[FieldSchema]:
    """Return a few telling fields beside the key: names first, then numbers, a moment and a flag, as declared.

    What every record has tells more than what it may lack.
    """
    fields = [leaf for leaf in schema.leaves.values() if is_short(schema, leaf)]
    texts = [leaf for leaf in fields if leaf.type == "text"]
    chosen = [leaf for leaf in texts if leaf.required][:3] or texts[:2]
    for kinds, most in ((("number",), 2), (MOMENTS, 1), (("boolean",), 1)):
        chosen += [leaf for leaf in fields if leaf.type in kinds][:most]
    return [leaf for leaf in fields if leaf in chosen]


def is_short(schema: EntitySchema, leaf: FieldSchema) -> bool:
    bounded = leaf.type != "text" or model_field(schema, leaf).max_length is not None
    return bounded and not (leaf.primary_key or leaf.multiple)


def model_field(schema: EntitySchema, leaf: FieldSchema) -> models.Field[Any, Any]:
    return next(field for field in schema.model._meta.concrete_fields if field.column == leaf.column)


@cache
def list_columns(schema: EntitySchema) -> list[Callable[[Any], Any]]:
    return [list_column(schema, leaf) for leaf in list_fields(schema)]


def list_column(schema: EntitySchema, leaf: FieldSchema) -> Callable[[Any], Any]:
    """Return a field of the list; no field there is the key."""
    field = model_field(schema, leaf)
    return column(str(field.verbose_name))(hidden(lambda record: short(getattr(record, field.attname))))


def page_field(schema: EntitySchema, leaf: FieldSchema, group: str = "") -> Callable[[Any], Any]:
    """Return a field of a record's page, named without the group under whose heading it stands."""
    field = model_field(schema, leaf)
    name = str(field.verbose_name).removeprefix(f"{group} ") if group else str(field.verbose_name)

    def show(record: Any) -> Any:
        return shown(leaf, getattr(record, field.attname))

    return column(name)(show if leaf.primary_key else hidden(show))


def shown(leaf: FieldSchema, value: Any) -> Any:
    """Return a field's whole value as HTML: lists as lines, lists of objects as tables, addresses as links."""
    if leaf.is_object_list:
        return table([child.name for child in leaf.children], object_rows(leaf, value or []))
    if leaf.multiple:
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((text(item),) for item in value or [])))
    if leaf.type == "url" and value:
        return link(value, value)
    return text(value)


def object_rows(leaf: FieldSchema, items: list[dict[str, Any]]) -> Iterator[list[str]]:
    for item in items:
        yield [text(item.get(child.name)) for child in leaf.children]


@column("created")
def created(record: Any) -> str:
    return moment(record.created_at)


@column("updated")
def updated(record: Any) -> str:
    return moment(record.updated_at)


@column("deleted")
def deleted(record: Any) -> str:
    return moment(record.deleted_at)


@column("kept unknown fields")
@hidden
def extra(record: Any) -> str:
    return table(("Field", "Value"), [(name, text(value)) for name, value in (record.extra or {}).items()])


@column("last delivery")
def last_delivery(record: Any) -> str:
    return NOTHING if record.last_delivery is None else str(record.last_delivery)
