"""Imports: how far each is, what became of its rows, and what a person decides about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern

from connector.edge.admin.files import attachment
from connector.edge.admin.pages import REFRESH, by_number, column
from connector.edge.admin.text import NOTHING, table, text
from connector.edge.payloads import are_seen_by, hidden, payload
from datasources import runs
from datasources.admin import columns, of_records
from datasources.admin.import_filters import StateFilter
from datasources.admin.rejects import as_csv
from datasources.errors import NoResults
from datasources.importing import ending
from datasources.models import Import, ImportState, ProcessorType, Reject
from datasources.models.data_source import SECRETS
from datasources.models.import_ import UNFINISHED
from datasources.results import results_of
from sync.admin.operations import Operated
from sync.work import wake

SHOWN = 10


@column("processor")
def processor(import_: Import) -> str:
    return NOTHING if import_.processor_type is None else ProcessorType(import_.processor_type).label


@column("unknown columns")
@hidden
def unknown_columns(import_: Import) -> str:
    return text(import_.unknown_columns or None)


@admin.register(Import)
class ImportAdmin(Operated):
    list_display = (
        "id",
        columns.file,
        "partner",
        columns.source,
        columns.import_state,
        columns.progress,
        "rows",
        "rows_ok",
        "rows_with_errors",
        "rows_skipped",
        columns.created,
    )
    list_filter = (StateFilter,)
    list_select_related = ("partner", "data_source")
    search_help_text = "Number, or the name of a partner, exactly"
    sections = (
        (None, ("file_name", "partner", "asked_by", columns.source, columns.run, columns.import_state, columns.reason)),
        (
            "Rows",
            (
                columns.progress,
                "total_to_process",
                "rows",
                "rows_ok",
                "rows_with_errors",
                "rows_skipped",
                "rows_changed",
            ),
        ),
        ("File", ("file_type", "file_size", "encoding", processor, "entity", unknown_columns, "digest")),
        ("Times", (columns.created, columns.ended)),
    )

    def found_by(self, term: str) -> Q:
        return by_number(term) | Q(partner__name=term)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.defer("column_mapping", "unknown_columns", *(f"data_source__{name}" for name in SECRETS))

    def get_urls(self) -> list[URLPattern]:
        operate = self.has_operate_permission
        return [
            self.route("of-records/<str:entity>/", "of_records", of_records.upload, operate),
            self.route("<int:pk>/cancel/", "cancel", cancel, operate),
            self.route("<int:pk>/release/", "release", release, operate),
            self.route("<int:pk>/rejects.csv", "rejects", download_rejects, self.has_download_permission),
            self.route("<int:pk>/results/", "results", download_results, self.has_download_permission),
            *super().get_urls(),
        ]

    def has_download_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and are_seen_by(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show an import anew every few seconds while it is under way."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if Import.objects.unfinished().filter(pk=object_id).exists():
            answer["Refresh"] = REFRESH
        return answer

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        context = {"import": row, "may_operate": self.has_operate_permission(request), "rejects": first_rejects(row)}
        context["may_download"] = self.has_download_permission(request)
        context["tried"] = of_records.preview_table(row)
        context["cancellable"] = [*UNFINISHED, ImportState.PENDING]
        context["all"] = columns.list_of(Reject, of_import=row.pk)
        return [render_to_string("datasources/import.html", context, request), *super().panels(request, row)]


def first_rejects(import_: Import) -> str:
    found = import_.rejects.order_by("row", "pk")[:SHOWN]
    rows = [(reject.row, text(reject.column), payload(text(reject.value)), payload(reject.reason)) for reject in found]
    return table(("Row", "Column", "Value", "Reason"), rows)


def cancel(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    import_ = get_object_or_404(Import, pk=pk)
    if ending.cancel(import_):
        model_admin.log_change(request, import_, "Cancelled.")
        model_admin.message_user(request, "It is cancelled; what was imported stays.", messages.SUCCESS)
    return HttpResponseRedirect(columns.page(import_))


@transaction.atomic
def release(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    import_ = get_object_or_404(Import, pk=pk)
    if ending.release(import_):
        runs.ask_again(import_)
        transaction.on_commit(wake.workers)
        model_admin.log_change(request, import_, "Released.")
        model_admin.message_user(request, "It goes on.", messages.SUCCESS)
    return HttpResponseRedirect(columns.page(import_))


def download_rejects(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponseBase:
    import_ = get_object_or_404(Import, pk=pk)
    model_admin.log_change(request, import_, "Rejects downloaded.")
    return attachment(f"rejects-{import_.pk}.csv", "text/csv; charset=utf-8", as_csv(import_))


def download_results(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponseBase:
    import_ = get_object_or_404(Import, pk=pk)
    try:
        answer = attachment(*results_of(import_))
    except NoResults as exc:
        model_admin.message_user(request, exc.faults[0].message, messages.WARNING)
        return HttpResponseRedirect(columns.page(import_))
    model_admin.log_change(request, import_, "Results downloaded.")
    return answer
