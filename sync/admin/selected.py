"""What can be done to the deliveries that were ticked in the list."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from sync.admin import skipping
from sync.admin.operations import REPLAY, Operated
from sync.models import Delivery


@admin.action(description="Replay the dead ones", permissions=["operate"])
def replay_selected(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
    chosen = model_admin.selected(request, rows)
    if chosen:
        model_admin.report(request, model_admin.operate(request, chosen, REPLAY), REPLAY)


@admin.action(description="Skip the dead ones ...", permissions=["operate"])
def skip_selected(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
    """Ask for the reason first."""
    chosen = model_admin.selected(request, rows)
    return skipping.ask(request, model_admin, chosen) if chosen else None
