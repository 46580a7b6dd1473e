from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from connector.edge.admin.filters import SPANS, SpanFilter
from sync.admin.recent import first_since
from sync.models import State
from sync.operating.disagreements import disagreeing


class AcceptedFilter(SpanFilter):
    """The past day unless another span is chosen: a rare kind of delivery is not looked for in all of the journal."""

    title = "accepted"
    field = "accepted_at"
    default = "day"

    def since(self, queryset: QuerySet[Any], span: timedelta) -> QuerySet[Any]:
        moment = timezone.now() - span
        return queryset.filter(pk__gte=first_since(moment), accepted_at__gte=moment)


class DeadFilter(SimpleListFilter):
    """The dead of one reason, where a page links to them; no list of reasons is offered."""

    title = "dead for"
    parameter_name = "reason"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        chosen = self.value()
        return [] if chosen is None else [(chosen, chosen or "no reason")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None or "\0" in chosen:
            return queryset
        return queryset.filter(state=State.DEAD, reason=chosen)


class DisagreementFilter(SimpleListFilter):
    title = "disagrees with us"
    parameter_name = "disagrees"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in SPANS.items()]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in SPANS:
            return queryset
        return disagreeing(queryset.filter(received_at__gte=timezone.now() - SPANS[self.value() or ""][1]))
