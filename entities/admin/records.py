"""The admin of the records of one entity, made from its schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from connector.edge.admin.additions import Link
from connector.edge.admin.filters import SpanFilter, values_filter
from connector.edge.admin.pages import MachineWritten, Sections, by_number
from connector.edge.payloads import are_seen_by
from entities.admin import columns, exports
from entities.admin.frequent import frequent_values
from entities.schema import EntitySchema, schema_of, schemas
from entities.schema.fields import FieldSchema
from entities.schema.readers import Invalid


class LifeFilter(SimpleListFilter):
    title = "state"
    parameter_name = "is"  # No field can have this name.

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("live", "live"), ("deleted", "deleted")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "live":
                return queryset.filter(deleted_at=None)
            case "deleted":
                return queryset.filter(deleted_at__isnull=False)
        return queryset


class UpdatedFilter(SpanFilter):
    title = "updated"
    parameter_name = "updated_at__since"
    field = "updated_at"


class RecordAdmin(MachineWritten):
    """Shows what `entities.store` wrote: fields by the groups of the layout, then what we know of the record."""

    has_history = True
    actions = (exports.export_selected,)

    @property
    def schema(self) -> EntitySchema:
        model: Any = self.model
        return schema_of(model)

    @property
    def key(self) -> str:
        return columns.model_field(self.schema, self.schema.key.field).attname

    @property
    def search_help_text(self) -> str:  # type: ignore[override]  # an attribute in Django
        return f"Start of {self.key.replace('_', ' ')}, or number"

    @property
    def sortable_by(self) -> list[str]:  # type: ignore[override]  # an attribute in Django
        return [self.key]  # Its unique index gives that order.

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        fields = columns.list_columns(self.schema)
        added = super().get_list_display(request)[1:]  # without Django's __str__
        return [self.key, *fields, columns.updated, columns.deleted, *added]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        of_fields = self.field_filters() if are_seen_by(request) else ()
        return [LifeFilter, *of_fields, UpdatedFilter, *super().get_list_filter(request)]

    def field_filters(self) -> Iterator[type[SimpleListFilter]]:
        """Yield a filter for every field whose values are declared, or are few."""
        for leaf in self.schema.leaves.values():
            field = columns.model_field(self.schema, leaf)
            if leaf.type == "boolean" and not leaf.multiple:
                yield values_filter(field.attname, lambda: ("True", "False"))
            elif field.choices and not leaf.multiple:
                yield values_filter(field.attname, partial(choice_values, field))

        for column, values in frequent_values(self.schema).items():
            attribute = columns.model_field(self.schema, self.schema.leaves[column]).attname
            yield values_filter(attribute, partial(list, values), any_other=True)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        shown = [leaf.column for leaf in columns.list_fields(self.schema)]
        names = [field.attname for field in self.opts.concrete_fields if field.column in shown]
        return rows.only("pk", self.key, "updated_at", "deleted_at", *names)

    def found_by(self, term: str) -> Q:
        return self.of_key(term) | by_number(term)

    def of_key(self, term: str) -> Q:
        """Return the records whose key starts with a text, or is a number."""
        if self.schema.key.field.type == "text":
            return Q(**{f"{self.key}__startswith": term})
        try:
            return Q(**{self.key: self.schema.key.parse(term)})
        except Invalid:
            return Q(pk__in=[])

    def get_sections(self) -> Sections:
        return sections_of(self.schema)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_of_key"
        return [
            path("of-key/", self.admin_site.admin_view(self.of_key_view), name=name),
            self.route("export/", "export", exports.export, self.has_export_permission),
            *super().get_urls(),
        ]

    def list_links(self, request: HttpRequest) -> list[Link]:
        may_export = self.has_export_permission(request)
        own = [("Export", exports.export_url(self, list=request.GET.urlencode()))] if may_export else []
        return [*own, *super().list_links(request)]

    def of_key_view(self, request: HttpRequest) -> HttpResponse:
        """Lead to the record of a key, so that a list of keys need not look every record up; else to the search."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        base, key = f"admin:{self.opts.app_label}_{self.opts.model_name}", request.GET.get("key", "")
        found = self.model.objects.filter(**{self.key: self.parsed(key)}).values_list("pk", flat=True)[:1]
        for pk in found:
            return HttpResponseRedirect(reverse(f"{base}_change", args=[pk]))
        return HttpResponseRedirect(f"{reverse(f'{base}_changelist')}?{urlencode({'q': key})}")

    def parsed(self, key: str) -> Any:
        try:
            return self.schema.key.parse(key)
        except Invalid:
            return None


@cache
def sections_of(schema: EntitySchema) -> Sections:
    """Return the fields in the groups of the layout, then what we keep beside them."""
    plain = [leaf for field in schema.fields if not field.is_group for leaf in field.columns()]
    kept = (columns.created, columns.updated, columns.deleted, columns.last_delivery, columns.extra)
    groups = [group_section(schema, field) for field in schema.fields if field.is_group]
    return [(None, [columns.page_field(schema, leaf) for leaf in plain]), *groups, ("Record", kept)]


def group_section(schema: EntitySchema, group: FieldSchema) -> tuple[str, Sequence[Any]]:
    heading = group.name.replace("_", " ")
    return heading, [columns.page_field(schema, leaf, heading) for leaf in group.columns()]


def choice_values(field: models.Field[Any, Any]) -> list[str]:
    return [str(value) for value, _ in field.flatchoices]


def record_url(entity: str, key: str) -> str:
    """Return the address that leads to the record of a key, empty when the entity has no pages."""
    schema = schemas().get(entity)
    if schema is None or not key or not admin.site.is_registered(schema.model):
        return ""
    opts = schema.model._meta
    return f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_of_key')}?{urlencode({'key': key})}"
