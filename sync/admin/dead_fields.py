"""Editing the body of a dead delivery field by field."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from msgspec.structs import asdict

from connector.edge.admin import text as admin_text
from connector.edge.strict_json import read_object
from entities.schema import schemas
from sync.admin import columns
from sync.admin.body_form import told_of_form
from sync.admin.dead_deliveries import finish, refuse
from sync.admin.field_form import FieldForm
from sync.admin.operations import Operated, Operation
from sync.models import Delivery, State
from sync.models.delivery import Method
from sync.operating import dead_letters


def edit(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    """Offer the fields of the body in force; where they are wrong, say so at each and keep what was typed."""
    delivery = get_object_or_404(Delivery, pk=pk)
    if delivery.state != State.DEAD:
        return refuse(request, model_admin, delivery)
    form = form_of(request, delivery)
    if form is None:
        return HttpResponseRedirect(reverse("admin:sync_delivery_edit", args=[pk]))
    if form.is_bound and not form.is_overtaken:
        form.tell(told_of_form(dead_letters.faults_with(delivery, form.content)))
    if form.is_valid():
        operation = Operation(partial(dead_letters.edit, body=form.content), "edited", "Edited the body.")
        return finish(request, model_admin, delivery, operation)
    now = () if form.is_bound else told_of_form(dead_letters.faults_of(delivery))
    faults = columns.fault_table(map(asdict, now)) if now else ""
    context = {"form": form, "delivery": delivery, "faults": faults, "original": admin_text.body(bytes(delivery.body))}
    return model_admin.page(request, "sync/edit_fields.html", f"Edit delivery {pk}", **context)


def form_of(request: HttpRequest, delivery: Delivery) -> FieldForm | None:
    """Return the form of a body; None where it has no fields, or a form would lose something of it."""
    schema = schemas().get(delivery.entity)
    held, faults = read_object(delivery.body_in_force)
    if schema is None or held is None or faults or delivery.method == Method.DELETE:
        return None
    return FieldForm(request.POST or None, schema=schema, held=held, in_force=delivery.body_in_force)
