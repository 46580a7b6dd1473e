"""Undoing a delivery: what it would put back, or which fields have moved on; and on POST, doing it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from msgspec.structs import asdict

from connector.edge.admin.text import short, table
from connector.edge.payloads import payload
from entities.admin.records import record_url
from entities.schema import schemas
from sync import local
from sync.accepting.answers import Answer
from sync.admin import columns
from sync.admin.local_changes import attempt, may_change
from sync.admin.operations import Operated
from sync.delivery import entering, guard
from sync.models import Delivery, Outcome
from sync.operating import undo as undoing
from sync.operating.undo import Undo

DOES = {
    Outcome.CREATED: "The record is deleted again.",
    Outcome.UPDATED: "These fields get back what they held before it.",
    Outcome.DELETED: "The record is created anew, with all that it held.",
}


def undo_url(request: HttpRequest, delivery: Delivery) -> str:
    """Return where a delivery is undone; empty where it cannot be, or the user may not change its record."""
    if not undoing.is_undoable(delivery) or not may_change(request, schemas()[delivery.entity].model):
        return ""
    return reverse("admin:sync_delivery_undo", args=[delivery.pk])


def panel(request: HttpRequest, delivery: Delivery) -> list[str]:
    url = undo_url(request, delivery)
    return [render_to_string("sync/undo_panel.html", {"url": url})] if url else []


@transaction.atomic
def undo(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    """Show what undoing would do; on POST do it, while nobody else writes the record."""
    delivery = get_object_or_404(Delivery, pk=pk)
    if not undo_url(request, delivery):
        raise PermissionDenied
    if request.method == "POST":
        if delivery.outcome == Outcome.CREATED:
            guard.lock(delivery.entity)
        entering.lock(delivery.entity, delivery.record_key)
    found = undoing.consider(delivery)
    outcome: Any = ()
    if request.method == "POST" and found.may_be_done:
        outcome = attempt(request, partial(carry_out, found))
    if isinstance(outcome, Answer):
        return finish(request, model_admin, delivery, outcome)
    faults = columns.fault_table(map(asdict, outcome)) if outcome else ""
    return ask(request, model_admin, found, faults)


def carry_out(found: Undo, *, by: local.Author) -> Answer:
    return undoing.carry_out(found, by=by.name)


def ask(request: HttpRequest, model_admin: Operated, found: Undo, faults: str) -> HttpResponse:
    context = {
        "faults": faults,
        "refusal": found.refusal,
        "moved": moved_table(found) if found.moved else "",
        "does": DOES[Outcome(found.delivery.outcome or "")],
        "fields": field_table(found) if found.delivery.outcome != Outcome.CREATED else "",
        "keeps_extra": found.delivery.outcome == Outcome.UPDATED and "extra" in (found.delivery.previous or {}),
        "may_be_done": found.may_be_done,
        "back": reverse("admin:sync_delivery_change", args=[found.delivery.pk]),
    }
    delivery = found.delivery
    title = f"Undo delivery {delivery.pk} of {delivery.entity} {short(delivery.record_key)}"
    return model_admin.page(request, "sync/undo.html", title, **context)


def moved_table(found: Undo) -> SafeString:
    rows = [
        (columns.field(found.delivery.entity, field.column), payload(short(field.left)), payload(short(field.now)))
        for field in found.moved
    ]
    return table(("Field", "As the delivery left it", "Now"), rows)


def field_table(found: Undo) -> SafeString:
    rows = [
        (columns.field(found.delivery.entity, field.column), payload(short(field.now)), payload(short(field.before)))
        for field in found.fields
    ]
    return table(("Field", "Now", "Put back"), rows)


def finish(request: HttpRequest, model_admin: Operated, delivery: Delivery, answer: Answer) -> HttpResponse:
    """Log it with the delivery, and lead to the record, or to the new delivery where that waits for its turn."""
    model_admin.log_change(request, delivery, "Undone.")
    if answer.status == 202:
        model_admin.message_user(request, "It is accepted, and applied when its turn comes.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:sync_delivery_change", args=[answer.detail["delivery"]]))
    model_admin.message_user(request, f"Delivery {delivery.pk} is undone.", messages.SUCCESS)
    return HttpResponseRedirect(record_url(delivery.entity, delivery.record_key))
