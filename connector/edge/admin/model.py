"""`ModelAdmin`: the admin of rows that people write. What they do is in the audit log, and belongs to a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from connector.edge import audit, payloads
from connector.edge.audit_entry import Action
from connector.edge.roles import Role

if TYPE_CHECKING:  # Unfold carries no types; its classes are Django's with another face.
    from django.contrib.admin import ModelAdmin as BaseAdmin

    ThemeAdmin = BaseAdmin[Any]
else:
    from unfold.admin import ModelAdmin as ThemeAdmin


class ModelAdmin(ThemeAdmin):
    """Forms for rows, with who may see and change them by role."""

    viewed_by = Role.VIEWER
    operated_by = Role.OPERATOR
    other_permissions: Mapping[str, Role] = {}  # Who has a permission of the model's own, by its codename.
    payload_fields: Sequence[str] = ()  # Hidden from whoever may not see payloads, who then changes no row either.
    has_history = True  # Whether a row's page leads to what people did to it.

    def sees_all(self, request: HttpRequest) -> bool:
        """Tell whether nothing of these pages is hidden from the user."""
        return not self.payload_fields or payloads.are_seen_by(request)

    def has_add_permission(self, request: HttpRequest, *of_inlines: Any) -> bool:
        return self.sees_all(request) and super().has_add_permission(request, *of_inlines)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.sees_all(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.sees_all(request) and super().has_delete_permission(request, obj)

    @cached_property
    def hidden_fields(self) -> dict[Any, Callable[..., Any]]:
        """Return what stands in the place of each field that is hidden."""
        return {name: admin.display(description=name)(lambda _row: payloads.HIDDEN) for name in self.payload_fields}

    def with_hidden(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        return list(names) if self.sees_all(request) else [self.hidden_fields.get(name, name) for name in names]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.with_hidden(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.with_hidden(request, super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.with_hidden(request, [*super().get_readonly_fields(request, obj), *self.payload_fields_of(request)])

    def payload_fields_of(self, request: HttpRequest) -> Sequence[str]:
        """Return the fields that are hidden from the user."""
        return () if self.sees_all(request) else self.payload_fields

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        hidden = tuple(self.payload_fields_of(request))
        return [name for name in super().get_search_fields(request) if not name.startswith(hidden)]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let an address ask for any value of a column only where the user may see them all."""
        if payloads.are_seen_by(request):
            return super().lookup_allowed(lookup, value, request)
        return any(lookup in parameters_of(each) for each in self.get_list_filter(request))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {"show_history": self.has_history and may_see_audit(request), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def history_view(self, _request: HttpRequest, object_id: str, _context: Any = None) -> HttpResponse:
        """Lead to what the audit log tells of a row, also of one that is gone."""
        return HttpResponseRedirect(audit_url(self.model, object_id))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]  # no LogEntry
        audit.note(request, Action.ADDED, [obj], message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        audit.note(request, Action.CHANGED, [obj], message)

    def log_changes(self, request: HttpRequest, rows: Iterable[Model], message: str) -> None:
        """Write down what was done to many rows at once."""
        audit.note(request, Action.CHANGED, rows, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:  # type: ignore[override]
        audit.note(request, Action.DELETED, queryset)


def parameters_of(list_filter: Any) -> set[str]:
    """Return what a filter of a list asks for in an address: a field's name, or what a class says."""
    if isinstance(list_filter, str):
        return {list_filter, f"{list_filter}__exact", f"{list_filter}__id__exact", f"{list_filter}__isnull"}
    return {list_filter.parameter_name}


def may_see_audit(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("edge.view_auditentry"))


def audit_url(model: type[Model], number: Any) -> str:
    """Return the audit log of a row."""
    query = urlencode({"of": f"{model._meta.label_lower}:{number}"})
    return f"{reverse('admin:edge_auditentry_changelist')}?{query}"
