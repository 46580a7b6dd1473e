from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connector.edge.admin_pages import by_number

CHOICES = {"no": False, "yes": True}
OF_PARTNER = "partner:"


class ArchivedFilter(SimpleListFilter):
    title = "archived"
    parameter_name = "archived"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in CHOICES]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(archived=CHOICES[chosen]) if chosen in CHOICES else queryset


def of_partner(term: str, path: str) -> Q:
    """Return what a search such as `partner:7` is for; else a row by its number."""
    if not term.startswith(OF_PARTNER):
        return by_number(term)
    number = term.removeprefix(OF_PARTNER)
    return Q(**{path: int(number)}) if number.isascii() and number.isdigit() and len(number) < 19 else Q(pk__in=[])
