"""Data sources: what they say, what became of their files, and what a person does with them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import ModelAdmin, column
from connector.edge.admin.text import link, moment, table
from datasources import trail
from datasources.admin import columns, steps
from datasources.admin.source_form import DataSourceForm
from datasources.models import DataSource, DataSourceType, ProcessorType
from datasources.models.data_source import SECRETS
from partners.admin.actor import actor_of
from partners.admin.filters import under
from sync.admin.operations import Operated

SHOWN = 8
SET_CREDENTIALS = "datasources.set_credentials"
# Whoever says where a source is could have a stored password sent to a server of their own.
GUARDED = (
    *("touchpoint", "data_source_type", "host", "region", "working_directory"),
    *("user", "authentication_type", *SECRETS),
)


@column("source")
def name(source: DataSource) -> str:
    return str(source)


@column("processor")
def processor(source: DataSource) -> str:
    return ProcessorType(source.processor_type).label


@column("last run")
def last_run(source: DataSource) -> str:
    return moment(source.last_running_time)


@admin.register(DataSource)
class DataSourceAdmin(Operated):
    """People write these rows; what programs note of them stands beside the form."""

    form = DataSourceForm
    list_display = ("id", name, "partner", processor, columns.source_state, "every_minutes", last_run)
    list_filter = (values_filter("data_source_type", lambda: DataSourceType.values), "active")
    list_select_related = ("partner",)
    search_help_text = "Number, host, partner exactly, or partner: and its number"
    actions = ("run_selected",)
    sections = (
        (None, ("touchpoint", "active", "every_minutes", "silent_days")),
        ("Server", ("data_source_type", "host", "region", "working_directory")),
        ("Access", ("user", "authentication_type", "password", "private_key_file", "passphrase")),
        ("Files", ("processor_type", "file_import_type", "amount_calculated", "reprocessing_days", "file_patterns")),
        ("Columns", ("column_mapping", "date_format", "decimal_comma")),
    )

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return ModelAdmin.has_add_permission(self, request) and may_set_credentials(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ModelAdmin.has_change_permission(self, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj) and may_set_credentials(request)

    def get_readonly_fields(self, request: HttpRequest, _obj: Any = None) -> list[Any]:
        return [] if may_set_credentials(request) else list(GUARDED)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Leave the secrets out where they cannot be set: a field that is only read would show them."""
        sections = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) and may_set_credentials(request):
            return sections
        return [(title, {"fields": [name for name in of["fields"] if name not in SECRETS]}) for title, of in sections]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if change:
            with trail.changing(obj.pk, actor_of(request)):
                super().save_model(request, obj, form, change)
        else:
            super().save_model(request, obj, form, change)
            trail.created(obj, actor_of(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        trail.deleted(obj, actor_of(request))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for source in queryset:
            self.delete_model(request, source)

    def found_by(self, term: str) -> Q:
        return under(term, partner="partner") | Q(host__startswith=term) | Q(partner__name=term)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer(*SECRETS)

    def get_urls(self) -> list[URLPattern]:
        operate = self.has_operate_permission
        return [
            *(self.route(f"<int:pk>/{step}/", step, view, operate) for step, view in steps.STEPS.items()),
            self.route("<int:pk>/forget/", "forget", steps.forget_key, may_set_credentials),
            *super().get_urls(),
        ]

    @admin.action(description="Run the selected ones now", permissions=["operate"])
    def run_selected(self, request: HttpRequest, rows: QuerySet[DataSource]) -> None:
        for source in self.selected(request, rows):
            steps.run(request, self, source)

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        context = {
            "source": row,
            "state": columns.source_state(row),
            "may_operate": self.has_operate_permission(request),
            "may_set_credentials": may_set_credentials(request),
        }
        own = [render_to_string("datasources/source.html", {**context, "last": last_run(row)}, request)]
        return [*own, runs_of(row), imports_of(row), *super().panels(request, row)]


def may_set_credentials(request: HttpRequest) -> bool:
    return bool(request.user.has_perm(SET_CREDENTIALS))


def runs_of(source: DataSource) -> str:
    runs = source.runs.order_by("-pk")[:SHOWN]
    rows = [
        (link(columns.page(run), run.pk), columns.run_state(run), columns.started(run), run.failure) for run in runs
    ]
    content = table(("Run", "State", "Started", "Failure"), rows)
    return render_to_string("edge/panel.html", {"title": "Runs", "content": content})


def imports_of(source: DataSource) -> str:
    imports = source.imports.order_by("-pk")[:SHOWN]
    rows = [(columns.file(row), columns.import_state(row), row.rows_ok, row.rows_with_errors) for row in imports]
    content = table(("File", "State", "Stored", "With errors"), rows)
    return render_to_string("edge/panel.html", {"title": "Files", "content": content})
