"""Runs: what each has found and done, with the progress of its imports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import REFRESH, MachineWritten, column
from connector.edge.admin.text import table, text
from datasources.admin import columns
from datasources.models import Run, RunState, Trigger
from datasources.models.data_source import SECRETS

SHOWN = 200


@column("files")
def files(run: Any) -> int:
    return int(run.taken)


@column("mail")
def mail(run: Run) -> str:
    return text(run.mail or None)


@admin.register(Run)
class RunAdmin(MachineWritten):
    list_display = (
        "id",
        columns.source,
        "partner",
        columns.trigger,
        columns.run_state,
        "found",
        files,
        columns.started,
        columns.finished,
    )
    list_filter = (values_filter("state", lambda: RunState.values), values_filter("trigger", lambda: Trigger.values))
    list_select_related = ("source", "partner")
    sections = (
        (
            None,
            (
                columns.source,
                "partner",
                columns.trigger,
                columns.run_state,
                columns.failure,
                "found",
                columns.started,
                columns.finished,
                mail,
            ),
        ),
    )

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        counted: QuerySet[Any] = rows.annotate(taken=Count("imports")).defer(*(f"source__{name}" for name in SECRETS))
        return counted

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a run anew every few seconds while it is under way."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if Run.objects.open().filter(pk=object_id).exists():
            answer["Refresh"] = REFRESH
        return answer

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        return [imports_of(row), *notes_of(row), *super().panels(request, row)]


def imports_of(run: Run) -> str:
    rows = [
        (columns.file(row), columns.import_state(row), columns.progress(row), f"{row.rows_ok} + {row.rows_with_errors}")
        for row in run.imports.order_by("pk")[:SHOWN]
    ]
    content = table(("File", "State", "Progress", "Good + bad rows"), rows)
    return render_to_string("edge/panel.html", {"title": "Files", "content": content})


def notes_of(run: Run) -> list[str]:
    content = table(("File", "Why it was not taken"), run.notes.items())
    return [render_to_string("edge/panel.html", {"title": "Not taken", "content": content})] if run.notes else []
