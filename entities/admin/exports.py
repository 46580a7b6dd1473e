"""Saving the records of a list as a file: those that it is filtered to, or those that were ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse

from connector.edge.admin.files import attachment, dated
from connector.edge.cells import BYTE_ORDER_MARK, csv_of
from connector.edge.counting import count_up_to, counted
from connector.edge.sheets import EXCEL, LONGEST_CELL, MOST_ROWS, workbook
from entities.exporting import exported, rows_of

if TYPE_CHECKING:
    from django.forms import CheckboxInput, RadioSelect

    from entities.admin.records import RecordAdmin
else:
    from unfold.widgets import UnfoldAdminRadioSelectWidget as RadioSelect
    from unfold.widgets import UnfoldBooleanSwitchWidget as CheckboxInput

NUMBERS = re.compile(r"\A[0-9]{1,18}(,[0-9]{1,18})*\Z", re.ASCII)
CSV = "text/csv; charset=utf-8"
MOST_CELLS = 10_000_000  # A sheet's text may have 2 GiB.
KINDS = {
    "csv": "CSV, for programs",
    "excel-csv": "CSV, with the mark by which Excel knows UTF-8",
    "xlsx": f"Excel workbook, of at most {MOST_ROWS:,} records; a cell of it holds {LONGEST_CELL:,} characters",
}


class ExportForm(forms.Form):
    """What is saved, and as what; `list` is the query of the list, `only` are the records that were ticked there."""

    kind = forms.ChoiceField(label="File", choices=list(KINDS.items()), widget=RadioSelect)
    with_deleted = forms.BooleanField(
        label="Deleted records too", required=False, widget=CheckboxInput, help_text="A last column tells which."
    )
    list = forms.CharField(required=False, widget=forms.HiddenInput)
    only = forms.RegexField(NUMBERS, required=False, widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, model_admin: RecordAdmin) -> None:
        named = {name: request.GET.get(name, "") for name in ("list", "only")}
        super().__init__(request.GET if "kind" in request.GET else None, initial={"kind": "csv", **named})
        self.schema = model_admin.schema
        self.found = rows_in_list(request, model_admin, named["list"])
        if named["only"]:
            ticked = named["only"] if NUMBERS.fullmatch(named["only"]) else "0"
            self.found = self.found.filter(pk__in=[int(number) for number in ticked.split(",")])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self.rows = self.found if given.get("with_deleted") else self.found.filter(deleted_at=None)
        if given.get("kind") == "xlsx" and count_up_to(MOST_ROWS + 1, self.rows) > MOST_ROWS:
            self.add_error("kind", f"There are more than {MOST_ROWS:,} records: take CSV.")
        elif given.get("kind") == "xlsx" and self.rows.count() * len(exported(self.schema)) > MOST_CELLS:
            self.add_error("kind", f"There are more than {MOST_CELLS:,} values: take CSV.")
        return given


def rows_in_list(request: HttpRequest, model_admin: RecordAdmin, query: str) -> QuerySet[Any]:
    """Return the records that a list with this query has; none where the query cannot be understood."""
    asked = copy(request)
    asked.GET = QueryDict(query)
    try:
        found: QuerySet[Any] = model_admin.get_changelist_instance(asked).queryset
    except IncorrectLookupParameters:
        found = model_admin.get_queryset(request).none()
    return found


def export(request: HttpRequest, model_admin: RecordAdmin) -> HttpResponseBase:
    """Ask what kind of file it shall be, and answer with it."""
    form = ExportForm(request, model_admin)
    if form.is_valid():
        return file_of(request, model_admin, form)
    name = model_admin.schema.name
    back = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
    context = {"form": form, "count": counted(form.found), "name": name, "back": back}
    return model_admin.page(request, "entities/export.html", f"Export {name} records", **context)


def file_of(request: HttpRequest, model_admin: RecordAdmin, form: ExportForm) -> HttpResponseBase:
    kind, schema = form.cleaned_data["kind"], model_admin.schema
    rows = rows_of(schema, form.found, with_deleted=form.cleaned_data["with_deleted"])
    model_admin.log_about(request, schema.name, f"Exported as {kind}.")
    if kind == "xlsx":
        return attachment(dated(schema.name, "xlsx"), EXCEL, workbook(row for portion in rows for row in portion))
    mark = BYTE_ORDER_MARK if kind == "excel-csv" else b""
    return attachment(dated(schema.name, "csv"), CSV, as_csv(rows, mark))


def as_csv(portions: Iterable[list[list[str]]], mark: bytes) -> Iterator[bytes]:
    yield mark
    yield from map(csv_of, portions)


def export_url(model_admin: RecordAdmin, **query: str) -> str:
    name = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_export"
    return f"{reverse(name)}?{urlencode(query)}"


@admin.action(description="Export the selected ones", permissions=["export"])
def export_selected(model_admin: RecordAdmin, request: HttpRequest, _rows: QuerySet[Any]) -> HttpResponse:
    """Lead to the page that asks as what."""
    if request.POST.get("select_across") == "1":
        return HttpResponseRedirect(export_url(model_admin, list=request.GET.urlencode()))
    return HttpResponseRedirect(export_url(model_admin, only=",".join(request.POST.getlist(ACTION_CHECKBOX_NAME))))
