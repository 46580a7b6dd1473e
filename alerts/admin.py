"""Alerts in the admin: what is open, since when, who was told, and who knows of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from alerts.kinds import KINDS, title_of
from alerts.models import Alert, Telling
from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import MachineWritten, by_number, column
from connector.edge.admin.text import NOTHING, link, moment, table, tag, text


@column("state")
def state(alert: Alert) -> SafeString:
    if alert.ended_at:
        return tag("over", "grey", "It is found no more")
    if alert.acknowledged_at:
        return tag("acknowledged", "blue", "A person knows of it; it goes on")
    return tag("open", "red", "Nobody has said yet that they know of it")


@column("kind")
def kind(alert: Alert) -> str:
    return title_of(alert.kind)


@column("what")
def what(alert: Alert) -> SafeString:
    return link(alert.path, alert.text)


@column("since")
def since(alert: Alert) -> str:
    return moment(alert.opened_at)


@column("last seen")
def last_seen(alert: Alert) -> str:
    return moment(alert.seen_at)


@column("over since")
def over(alert: Alert) -> str:
    return moment(alert.ended_at)


@column("acknowledged")
def acknowledged(alert: Alert) -> str:
    return f"{moment(alert.acknowledged_at)}, {alert.acknowledged_by}" if alert.acknowledged_at else NOTHING


@column("told")
def told(alert: Any) -> str:
    tags = ((told_tag(telling),) for telling in sorted(alert.tellings.all(), key=lambda each: str(each.channel)))
    return format_html_join(" ", "{}", tags) or NOTHING


def told_tag(telling: Telling) -> SafeString:
    if telling.sent_at:
        return tag(telling.channel, "green", f"Told at {moment(telling.sent_at)}")
    if telling.due_at is None:
        return tag(f"{telling.channel}: given up", "red", telling.reason)
    return tag(f"{telling.channel}: waits", "orange", telling.reason or "It is told when it is due")


class StateFilter(SimpleListFilter):
    title = "state"
    parameter_name = "is"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "open"), ("new", "open, and nobody knows"), ("over", "over")]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "open":
                return queryset.open()
            case "new":
                return queryset.unacknowledged()
            case "over":
                return queryset.ended()
        return queryset


@admin.register(Alert)
class AlertAdmin(MachineWritten):
    list_display = ("id", state, kind, what, since, last_seen, over, told, acknowledged)
    list_filter = (StateFilter, values_filter("kind", lambda: list(KINDS), any_other=True))
    search_help_text = "Number"
    actions = ("acknowledge_selected",)
    has_history = True
    sections = ((None, (state, kind, what, since, last_seen, over, acknowledged)),)

    def get_urls(self) -> list[URLPattern]:
        known = self.route("<int:pk>/acknowledge/", "acknowledge", acknowledge, self.has_operate_permission)
        return [known, *super().get_urls()]

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("tellings")

    def found_by(self, term: str) -> Q:
        return by_number(term)

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        rows = [
            (told_tag(each), moment(each.sent_at), moment(each.due_at), each.tries, text(each.reason or None))
            for each in row.tellings.order_by("channel")
        ]
        content = table(("Channel", "Told", "Next try", "Tries", "Reason"), rows)
        tellings = render_to_string("edge/panel.html", {"title": "Who was told", "content": content})
        context = {"alert": row, "may_operate": self.has_operate_permission(request)}
        return [render_to_string("alerts/panel.html", context, request), tellings, *super().panels(request, row)]

    @admin.action(description="Acknowledge the selected ones", permissions=["operate"])
    def acknowledge_selected(self, request: HttpRequest, rows: QuerySet[Alert]) -> None:
        known = sum(self.acknowledge(request, alert) for alert in rows)
        self.message_user(request, f"{known} acknowledged.", messages.SUCCESS)

    @transaction.atomic
    def acknowledge(self, request: HttpRequest, alert: Alert) -> bool:
        is_new = alert.acknowledge(request.user.get_username())
        if is_new:
            self.log_change(request, alert, "Acknowledged.")
        return is_new


@require_POST
def acknowledge(request: HttpRequest, model_admin: AlertAdmin, pk: int) -> HttpResponse:
    is_new = model_admin.acknowledge(request, get_object_or_404(Alert, pk=pk))
    why = "Acknowledged." if is_new else "Nothing was done: it is over, or somebody has acknowledged it."
    model_admin.message_user(request, why, messages.SUCCESS if is_new else messages.WARNING)
    return HttpResponseRedirect(reverse("admin:alerts_alert_change", args=[pk]))
