"""The data layout as a person reads it, and what the running code has otherwise than the lock says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin.navigation import register_link
from connector.edge.admin.text import NOTHING, table, tag
from entities.data_layout import data_layout
from entities.layout_lock import Change, Lock, changes
from entities.schema import EntitySchema, schemas
from entities.schema.fields import FieldSchema

HEADERS = ("Field", "Type", "", "Names", "Form", "What it is")


def page(request: HttpRequest) -> HttpResponse:
    shown = list(seen_by(request))
    if not shown:
        raise PermissionDenied
    found, fault = differences(settings.CONNECTOR_LAYOUT_LOCK)
    names = {schema.name for schema in shown}
    context = {
        **admin.site.each_context(request),
        "title": "Data layout",
        "fault": fault,
        "changes": change_table([change for change in found if change.place.partition(".")[0] in names]),
        "breaking": sum(change.is_breaking for change in found),
        "entities": [described(schema) for schema in shown],
    }
    return TemplateResponse(request, "entities/layout.html", context)


def seen_by(request: HttpRequest) -> Iterator[EntitySchema]:
    for schema in schemas().values():
        opts = schema.model._meta
        if request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            yield schema


def differences(lock: Path) -> tuple[list[Change], str]:
    """Return what differs from the lock, or why that cannot be told."""
    try:
        return list(changes(Lock.read(lock.read_bytes()), Lock.of(data_layout({})))), ""
    except OSError:
        return [], "There is no layout lock beside the running code, so that nothing can be told of changes."
    except msgspec.MsgspecError:
        return [], "The layout lock beside the running code cannot be read."


def change_table(found: list[Change]) -> str:
    rows = [
        (
            change.place,
            tag("breaking", "red") if change.is_breaking else tag("compatible", "green"),
            change.what,
            change.meaning,
        )
        for change in found
    ]
    return table(("Where", "", "What", "For Dsync"), rows) if rows else ""


def described(schema: EntitySchema) -> dict[str, Any]:
    """Return an entity as the page tells it: its policies, and a line for each field at every depth."""
    declared = schema.declaration
    policies = {
        "Key": schema.key.field.treekey.removeprefix(f"{schema.name}."),
        "Takes writes": declared.mode,
        "POST of an existing key": declared.on_conflict,
        "PUT of a missing one": declared.on_missing,
        "Unknown keys": declared.on_unknown,
        "DELETE": declared.on_delete,
    }
    rows = [line(schema, field) for field in schema.all_fields()]
    return {"name": schema.name, "policies": policies, "fields": table(HEADERS, rows), "count": len(rows)}


def line(schema: EntitySchema, field: FieldSchema) -> tuple[Any, ...]:
    kind = f"list of {field.type}" if field.multiple else field.type
    form = field.date_format or field.bool_settings or NOTHING
    name = field.treekey.removeprefix(f"{schema.name}.")
    return name, kind, mark(field), field.foreign_key or NOTHING, form, field.description or NOTHING


def mark(field: FieldSchema) -> SafeString:
    if field.primary_key:
        return tag("key", "blue")
    return tag("required", "orange") if field.required else SafeString("")


@register_link("entities")
def layout_link(request: HttpRequest) -> dict[str, Any] | None:
    if next(seen_by(request), None) is None:
        return None
    return {"title": "Data layout", "icon": "schema", "link": reverse("data_layout")}
