"""What can be done to the deliveries that were ticked in the list."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from sync.admin import held_deletes, skipping
from sync.admin.operations import REPLAY, Operated
from sync.models import Delivery, State


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


@admin.action(description="Release the held ones ...", permissions=["operate"])
def release_selected(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
    return decide_of(held_deletes.RELEASES, model_admin, request, rows)


@admin.action(description="Refuse the held ones ...", permissions=["operate"])
def refuse_selected(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
    return decide_of(held_deletes.REFUSES, model_admin, request, rows)


def decide_of(name: str, model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
    """Ask first; what is not held is passed over."""
    chosen = [str(row.pk) for row in model_admin.selected(request, rows) if row.state == State.HELD]
    if chosen:
        form = held_deletes.form_for(name, deliveries=",".join(chosen))
        return held_deletes.ask(request, model_admin, name, form)
    model_admin.message_user(request, "None of these is held.", messages.WARNING)
    return None
