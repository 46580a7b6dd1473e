"""Rows that were not stored, and why: by import, to be browsed and saved as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import MachineWritten, column
from connector.edge.admin.text import link, text
from connector.edge.cells import harmless
from connector.edge.payloads import hidden
from datasources.admin import columns
from datasources.models import Import, Reject

COLUMNS = ("row", "column", "value", "code", "reason")
AT_ONCE = 2_000
LONGEST = 18


@column("import")
def of_import(reject: Reject) -> str:
    return link(columns.page(reject.of_import), reject.of_import_id)


@column("value")
@hidden
def value(reject: Reject) -> str:
    return text(reject.value)


@column("reason")
@hidden
def reason(reject: Reject) -> str:
    return reject.reason


class ImportFilter(SimpleListFilter):
    """Shows the rows of one import, which the address names."""

    title = "import"
    parameter_name = "of_import"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        chosen = request.GET.get(self.parameter_name)
        return [(chosen, f"Import {chosen}")] if chosen else []

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(numbered(self.value())) if self.value() else queryset


@admin.register(Reject)
class RejectAdmin(MachineWritten):
    list_display = ("id", of_import, "row", "column", value, "code", reason)
    list_filter = (ImportFilter,)
    list_select_related = ("of_import",)
    search_help_text = "Number of an import"
    sections = ((None, (of_import, "row", "column", value, "code", reason)),)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Show the rows of one import in the order of its file, and of all the newest first: indexes give both."""
        return ("row", "pk") if request.GET.get("of_import") else self.ordering

    def found_by(self, term: str) -> Q:
        return numbered(term)


def numbered(term: str | None) -> Q:
    if term and term.isascii() and term.isdigit() and len(term) <= LONGEST:
        return Q(of_import=int(term))
    return Q(pk__in=[])


def as_csv(import_: Import) -> Iterator[bytes]:
    """Yield all rejects of an import as a file that no spreadsheet takes for formulas."""
    yield line(COLUMNS)
    for row, *texts in in_portions(import_.rejects.all()):
        yield line([str(row), *map(harmless, texts)])


def in_portions(rejects: QuerySet[Reject]) -> Iterator[list[Any]]:
    """Yield what rejects say in order, a portion a statement: no cursor is held for as long as a browser takes."""
    row = number = 0
    while True:
        further = rejects.filter(Q(row__gt=row) | Q(row=row, pk__gt=number)).filter(row__gte=row).order_by("row", "pk")
        portion = list(further.values_list("pk", *COLUMNS)[:AT_ONCE])
        yield from (told for _, *told in portion)
        if len(portion) < AT_ONCE:
            return
        number, row, *_ = portion[-1]


def line(cells: Sequence[str]) -> bytes:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
