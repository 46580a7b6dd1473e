"""Filters of lists that ask nothing of the table to know their choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

ANY = "any"
SPANS = {
    "hour": ("Past hour", timedelta(hours=1)),
    "day": ("Past 24 hours", timedelta(days=1)),
    "week": ("Past 7 days", timedelta(days=7)),
    "month": ("Past 30 days", timedelta(days=30)),
}


def values_filter(
    field: str, values: Callable[[], Sequence[str]], *, any_other: bool = False
) -> type[SimpleListFilter]:
    """Return a filter by one of these values; with `any_other` one that is not offered may be asked for too."""

    class ValuesFilter(SimpleListFilter):
        title = field.replace("_", " ")
        parameter_name = field

        def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
            return [(value, value) for value in values()]

        def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            chosen = self.value()
            taken = chosen in values() or (any_other and chosen is not None and "\0" not in chosen)
            return queryset.filter(**{field: chosen}) if taken else queryset

    return ValuesFilter


class SpanFilter(SimpleListFilter):
    """A filter by how long ago a moment was; `default` names what applies until the reader chooses.

    A search looks at all times unless one is chosen: it stands on an index of its own.
    """

    parameter_name = "since"
    field = ""
    default = ANY

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.assumed = ANY if request.GET.get("q") else self.default
        super().__init__(request, params, model, model_admin)

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [*((name, title) for name, (title, _) in SPANS.items()), (ANY, "Any time")]

    def value(self) -> str:
        chosen = super().value()
        return chosen if chosen in SPANS or chosen == ANY else self.assumed

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for name, title in self.lookup_choices:
            yield {
                "selected": self.value() == name,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": title,
            }

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == ANY:
            return queryset
        return self.since(queryset, SPANS[self.value()][1])

    def since(self, queryset: QuerySet[Any], span: timedelta) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.field}__gte": timezone.now() - span})
