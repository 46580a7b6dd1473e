"""The admin of every entity, made from its schema; an entity that has an admin of its own keeps that."""

from __future__ import annotations

from django.contrib import admin

from entities.admin import layout, overview  # noqa: F401 (each registers what it shows)
from entities.admin.records import RecordAdmin
from entities.schema import schemas

for schema in schemas().values():
    if not admin.site.is_registered(schema.model):
        admin.site.register(schema.model, RecordAdmin)
