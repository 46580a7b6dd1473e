"""The audit log in the admin: read-only for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from connector.edge.admin.filters import SpanFilter, values_filter
from connector.edge.admin.pages import MachineWritten, by_number, column
from connector.edge.admin.text import NOTHING, link, moment, short, tag, text
from connector.edge.audit import SHELL
from connector.edge.audit_entry import Action, AuditEntry
from connector.edge.roles import Role

COLOURS = {Action.REFUSED: "red", Action.DELETED: "orange", Action.COMMAND: "blue"}
OFFERED = 50


@column("made")
def made(entry: AuditEntry) -> str:
    return moment(entry.made_at)


@column("who")
def who(entry: AuditEntry) -> str:
    return entry.who or NOTHING


@column("action")
def action(entry: AuditEntry) -> str:
    return tag(entry.action, COLOURS.get(Action(entry.action), ""), Action(entry.action).label)


@column("of")
def subject(entry: AuditEntry) -> str:
    """Return the row's name, leading to its page where there is one; the page says so where the row is gone."""
    if not entry.subject:
        return NOTHING
    model = apps.get_model(entry.subject) if entry.subject.partition(".")[0] in apps.app_configs else None
    name = f"{model._meta.verbose_name if model else entry.subject} {short(entry.label)}"
    try:
        url = reverse(f"admin:{entry.subject.replace('.', '_')}_change", args=[entry.subject_number])
    except NoReverseMatch:
        return name
    return link(url, name)


@column("message")
def message(entry: AuditEntry) -> str:
    return text(entry.message or None)


@column("address")
def address(entry: AuditEntry) -> str:
    return text(entry.address or None)


@column("request")
def request_id(entry: AuditEntry) -> str:
    return text(entry.trace_id or None)


class SubjectFilter(SimpleListFilter):
    """What was done to one row, where a page links to it."""

    title = "of"
    parameter_name = "of"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        chosen = request.GET.get(self.parameter_name)
        return [(chosen, chosen)] if chosen else []

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        kind, _, number = (self.value() or "").partition(":")
        if not self.value() or "\0" in number + kind:
            return queryset
        return queryset.filter(subject=kind, subject_number=number)


class MadeFilter(SpanFilter):
    title = "made"
    field = "made_at"


def people() -> Sequence[str]:
    """Return the names that are offered: of those who may open the admin, and of the shell."""
    return [
        *User.objects.filter(is_staff=True).order_by("username").values_list("username", flat=True)[:OFFERED],
        SHELL,
    ]


@admin.register(AuditEntry)
class AuditEntryAdmin(MachineWritten):
    viewed_by = Role.OPERATOR
    list_display = ("id", made, who, action, subject, message, address)
    list_filter = (
        MadeFilter,
        values_filter("action", lambda: Action.values),
        values_filter("who", people, any_other=True),
        SubjectFilter,
    )
    search_help_text = "A day such as 2030-12-31, a name, or a number"
    sections = ((None, (made, who, action, subject, message)), ("Request", (address, request_id)))

    def found_by(self, term: str) -> Q:
        try:
            day = timezone.make_aware(datetime.combine(date.fromisoformat(term), time.min))
        except ValueError:
            return by_number(term) | Q(who=term)
        return Q(made_at__gte=day, made_at__lt=day + timedelta(days=1))
