"""`MachineWritten`: the admin of rows that people look at and programs write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from connector.edge import audit, payloads
from connector.edge.admin.additions import Link, additions_of
from connector.edge.admin.model import ModelAdmin
from connector.edge.admin.paginator import BoundedPaginator

if TYPE_CHECKING:  # Unfold carries no types; its classes are Django's with another face.
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList

__all__ = ["MachineWritten", "ModelAdmin", "Sections", "by_number", "column"]


REFRESH = "3"  # seconds, after which a page that shows work under way is shown anew


class BoundedList(ChangeList):
    """A list in the order of its numbers, newest first, with what its columns need and nothing else."""

    model_admin: MachineWritten

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.title = str(self.opts.verbose_name_plural).capitalize()

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # The paginator tells the number; the heading need not.

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows = self.model_admin.list_rows(super().get_queryset(request, *args, **kwargs))
        for addition in additions_of(self.model):
            rows = addition.rows(rows)
        return rows


Sections = Sequence[tuple[str | None, Sequence[Any]]]
View = Callable[..., HttpResponseBase]


class MachineWritten(ModelAdmin):
    """Read-only pages that stay quick on a table of any size, and that upper rooms may add to."""

    ordering = ("-pk",)
    sortable_by = ()  # Only what an index gives in order may be sorted by.
    list_per_page = 50
    list_max_show_all = 0
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("pk",)  # Django draws a search field where this names something.
    actions: Any = None
    change_form_template = "edge/row.html"
    list_filter_sheet = False
    list_before_template = "edge/list_links.html"
    has_history = False
    sections: Sections = ()  # The fields of a row's page under their headings; names of fields, or columns.

    def has_add_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return any(addition.may_add(request, self.model) for addition in additions_of(self.model))

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may do what these pages offer, which is never to write a row by hand."""
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('change', self.opts)}")

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may take what these rows hold away as a file."""
        return self.has_operate_permission(request) and payloads.are_seen_by(request)

    def get_urls(self) -> list[URLPattern]:
        added = [url for addition in additions_of(self.model) for url in addition.urls(self)]
        return [*added, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:  # noqa: ARG002 (Django's)
        return BoundedList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        own = super().get_list_display(request)
        return [*own, *(column for addition in additions_of(self.model) for column in addition.columns)]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        own = super().get_list_filter(request)
        return [*own, *(chosen for addition in additions_of(self.model) for chosen in addition.filters)]

    def list_links(self, request: HttpRequest) -> list[Link]:
        """Return what stands above the list: the room's own, then what upper rooms add."""
        return [link for addition in additions_of(self.model) for link in addition.list_links(request, self)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"list_links": self.list_links(request), **(extra_context or {})})

    def get_sections(self) -> Sections:
        return self.sections

    def get_fieldsets(self, _request: HttpRequest, _obj: Any = None) -> list[Any]:
        return [(heading, {"fields": fields}) for heading, fields in self.get_sections()]

    def get_readonly_fields(self, _request: HttpRequest, _obj: Any = None) -> list[Any]:
        return [field for _, fields in self.get_sections() for field in fields]

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of a list with what its columns ask of them, and without what they do not."""
        return rows

    def get_search_results(self, _request: HttpRequest, queryset: QuerySet[Any], term: str) -> tuple[Any, bool]:
        term = term.strip()
        return (queryset.filter(self.found_by(term)) if term else queryset), False

    def found_by(self, term: str) -> Q:
        """Return which rows a search is for; every part of it stands on an index."""
        return by_number(term)

    def panels(self, request: HttpRequest, row: Model) -> list[str]:
        """Return what stands beside the fields: the room's own panels, then those of upper rooms."""
        return [panel for addition in additions_of(self.model) if (panel := addition.panel(request, row))]

    def tables(self, _request: HttpRequest, _row: Any) -> list[str]:
        """Return what stands under the fields, as wide as they and the panels are: what has many columns."""
        return []

    def route(self, address: str, name: str, view: View, may: Callable[[HttpRequest], bool]) -> URLPattern:
        """Return the address of a view that takes a request of somebody who may, and this admin."""

        def checked(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
            if not may(request):
                raise PermissionDenied
            return view(request, self, **arguments)

        name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(address, self.admin_site.admin_view(checked), name=name)

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        # Without "opts": the theme would head the page with the model's name instead of the title.
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), "title": title, **context})

    def log_about(self, request: HttpRequest, what: str, sentence: str) -> None:
        """Note in the audit log what a person did about rows that no single one stands for."""
        audit.note_about(request, self.model, what, sentence)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if self.has_view_permission(request) else None
        beside = {"panels": self.panels(request, row), "tables": self.tables(request, row)} if row is not None else {}
        context = {**beside, "is_fullwidth": "1", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


def by_number(term: str) -> Q:
    """Return the row of an exact number, and none for any other text."""
    return Q(pk=int(term)) if term.isascii() and term.isdigit() and len(term) < 20 else Q(pk__in=[])


def column(description: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Name a column or a read-only field."""
    return admin.display(description=description)
