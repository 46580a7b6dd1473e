"""Sweeps: how far each is, and ending one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import REFRESH, column
from connector.edge.admin.text import NOTHING, link, moment, tag, text
from sync.admin.dead_groups import list_url
from sync.admin.operations import Operated
from sync.admin.sweeping import sweep_url
from sync.models import Sweep
from sync.models.sweep import Act, SweepState

COLOURS = {SweepState.RUNNING: "blue", SweepState.DONE: "green", SweepState.CANCELLED: "grey"}


@column("state")
def state(sweep: Sweep) -> SafeString:
    return tag(sweep.state, COLOURS[SweepState(sweep.state)], SweepState(sweep.state).label)


@column("what is done")
def act(sweep: Sweep) -> SafeString:
    return tag(sweep.act, title=Act(sweep.act).label)


@column("reason")
def cause(sweep: Sweep) -> str:
    return text(sweep.cause)


@column("asked for by")
def asked_by(sweep: Sweep) -> str:
    return sweep.asked_by.get_username() if sweep.asked_by else NOTHING


@column("why")
def why(sweep: Sweep) -> str:
    return text(sweep.note or None)


@column("still dead of this reason")
def still_dead(sweep: Sweep) -> SafeString:
    return link(list_url(sweep.entity, sweep.cause), "see them")


@column("started")
def started(sweep: Sweep) -> str:
    return moment(sweep.started_at)


@column("finished")
def finished(sweep: Sweep) -> str:
    return moment(sweep.finished_at)


@admin.register(Sweep)
class SweepAdmin(Operated):
    """It belongs to the deliveries: who may see those sees it, and who may operate them may end it."""

    list_display = ("id", act, "entity", cause, state, "total", "done", asked_by, started, finished)
    list_filter = (values_filter("state", lambda: SweepState.values),)
    list_select_related = ("asked_by",)
    sections = ((None, (act, "entity", cause, why, asked_by, started, finished, still_dead)),)

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return request.user.has_perm("sync.view_delivery")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sync.change_delivery")

    def get_urls(self) -> list[URLPattern]:
        return [self.route("<int:pk>/cancel/", "cancel", cancel, self.has_operate_permission), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a sweep anew every few seconds while it is under way."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        if object_id.isdecimal() and Sweep.objects.running().filter(pk=object_id).exists():
            answer["Refresh"] = REFRESH
        return answer

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        context = {"sweep": row, "state": state(row), "may_operate": self.has_operate_permission(request)}
        return [render_to_string("sync/sweep.html", context, request), *super().panels(request, row)]


@require_POST
@transaction.atomic
def cancel(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    sweep = get_object_or_404(Sweep, pk=pk)
    if sweep.cancel():
        model_admin.log_change(request, sweep, "Cancelled.")
        model_admin.message_user(request, "It is cancelled; what was done stays done.", messages.SUCCESS)
    return HttpResponseRedirect(sweep_url(sweep))
