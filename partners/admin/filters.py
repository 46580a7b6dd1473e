from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connector.edge.admin.pages import by_number

CHOICES = {"no": False, "yes": True}


class ArchivedFilter(SimpleListFilter):
    title = "archived"
    parameter_name = "archived"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in CHOICES]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(archived=CHOICES[chosen]) if chosen in CHOICES else queryset


def under(term: str, **paths: str) -> Q:
    """Return what a search such as `partner:7` is for, by the path to each noun; else a row by its number."""
    noun, colon, number = term.partition(":")
    if not colon:
        return by_number(term)
    is_known = noun in paths and number.isascii() and number.isdigit() and len(number) < 19
    return Q(**{paths[noun]: int(number)}) if is_known else Q(pk__in=[])
