"""What a person changes of a record: a local change under the person's name, with its line in the admin's log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from msgspec.structs import asdict

from connector.edge.admin import additions
from connector.edge.admin import text as admin_text
from connector.edge.errors import ContractError, Fault
from connector.edge.payloads import are_seen_by
from entities import reading
from entities.admin.records import RecordAdmin
from entities.entity import Entity
from sync import local
from sync.accepting.answers import Answer
from sync.admin import columns
from sync.admin.body_form import told_of_form
from sync.admin.record_form import RecordForm, members_changed
from sync.delivery import entering, guard
from sync.local import Author
from sync.models import Delivery

PUT = "What is not named stays, and null clears. What is as the record holds it is not written again."
POST = "What Dsync would send to create one. What is not named gets its default."
DELETE = "It is deleted, as if Dsync had deleted it. What it held stays in its deliveries."
Faults = Sequence[Fault]
View = Callable[..., HttpResponse]


class LocalChanges(additions.Addition):
    """Pages on which whoever has Django's `change` permission creates, edits and deletes records."""

    def urls(self, model_admin: Any) -> Sequence[URLPattern]:
        return [
            address("add/", "add", add, model_admin),
            address("<int:pk>/edit/", "edit", edit, model_admin),
            address("<int:pk>/remove/", "remove", remove, model_admin),
        ]

    def may_add(self, request: HttpRequest, model: type[Model]) -> bool:
        return may_change(request, model)

    def panel(self, request: HttpRequest, row: Any) -> str:
        if row.deleted_at is not None or not may_change(request, type(row)):
            return ""
        addresses = {name: url_of(type(row), name, row.pk) for name in ("edit", "remove")}
        return render_to_string("sync/record_changes.html", addresses)


additions.add(Entity, LocalChanges())


def may_change(request: HttpRequest, model: type[Model]) -> bool:
    """Tell whether the user may change records, and see what they hold."""
    permission = f"{model._meta.app_label}.{get_permission_codename('change', model._meta)}"
    return are_seen_by(request) and bool(request.user.has_perm(permission))


def address(route: str, name: str, view: View, model_admin: RecordAdmin) -> URLPattern:
    """Return the address of a view that takes a request of somebody who may, and the admin of the entity."""

    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not may_change(request, model_admin.model):
            raise PermissionDenied
        return view(request, model_admin, **arguments)

    full_name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_{name}"
    return path(route, model_admin.admin_site.admin_view(checked), name=full_name)


def url_of(model: type[Model], name: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def add(request: HttpRequest, model_admin: RecordAdmin) -> HttpResponse:
    form = RecordForm(request.POST or None, in_force=b"{}")
    outcome: Answer | Faults = ()
    if form.is_valid():
        outcome = attempt(request, partial(local.create, model_admin.schema.name, form.content))
    if isinstance(outcome, Answer):
        return finish(request, model_admin, None, outcome, "Created.")
    context = {"form": form, "intro": POST, "says": "Create it", "back": url_of(model_admin.model, "changelist")}
    return page(request, model_admin, "edit_body", f"Add {model_admin.opts.verbose_name}", outcome, **context)


@transaction.atomic
def edit(request: HttpRequest, model_admin: RecordAdmin, pk: int) -> HttpResponse:
    """Offer what a record holds for editing; where that has changed meanwhile, keep what was typed and say so."""
    record, key, item = found(request, model_admin, pk)
    form = RecordForm(request.POST or None, in_force=item, seen=record.last_delivery)
    outcome: Answer | Faults = ()
    if form.is_valid():
        body = members_changed(form.content, item)
        outcome = attempt(request, partial(local.update, model_admin.schema.name, key, body))
    if isinstance(outcome, Answer):
        return finish(request, model_admin, record, outcome, "Changed.")
    back = url_of(model_admin.model, "change", pk)
    held = {"heading": "What it holds", "original": admin_text.body(item)}
    context = {"form": form, "intro": PUT, "says": "Change it", "back": back, **held}
    return page(request, model_admin, "edit_body", f"Edit {record}", told_of_form(outcome), **context)


@transaction.atomic
def remove(request: HttpRequest, model_admin: RecordAdmin, pk: int) -> HttpResponse:
    """Ask whether a record shall be deleted; on POST delete it."""
    if request.method == "POST":
        guard.lock(model_admin.schema.name)
    record, key, _ = found(request, model_admin, pk)
    outcome: Answer | Faults = ()
    if request.method == "POST":
        outcome = attempt(request, partial(local.delete, model_admin.schema.name, key))
    if isinstance(outcome, Answer):
        return finish(request, model_admin, record, outcome, "Deleted.")
    back = url_of(model_admin.model, "change", pk)
    return page(request, model_admin, "remove_record", f"Delete {record}", outcome, intro=DELETE, back=back)


def found(request: HttpRequest, model_admin: RecordAdmin, pk: int) -> tuple[Any, str, bytes]:
    """Return a live record, its key and its item; who posts has it for as long as the request lasts."""
    records = model_admin.model.objects.live().filter(pk=pk)
    if record := records.first():
        key = model_admin.schema.key.text(getattr(record, model_admin.key))
        if request.method == "POST":
            entering.lock(model_admin.schema.name, key)
        item = reading.items_of(model_admin.schema, [key]).get(key)
        held = records.first()
        if held and item:  # Else somebody has deleted it meanwhile.
            return held, key, item.encode()
    raise Http404


def attempt(request: HttpRequest, change: Callable[..., Answer]) -> Answer | Faults:
    """Make a change in the person's name; what is refused leaves nothing behind but the faults that are returned."""
    try:
        with transaction.atomic():
            return change(by=Author(f"admin:{request.user.get_username()}"[:100]))
    except ContractError as exc:
        return exc.faults or [Fault("", "unavailable", exc.message)]


def finish(request: HttpRequest, model_admin: RecordAdmin, record: Any, answer: Answer, entry: str) -> HttpResponse:
    """Log what was done, and lead to the record, or to the delivery where it is yet to be applied."""
    schema = model_admin.schema
    if answer.status == 202:
        delivery = Delivery.objects.get(pk=answer.detail["delivery"])
        model_admin.log_change(request, record or delivery, entry)
        model_admin.message_user(request, "It is accepted, and applied when its turn comes.", messages.SUCCESS)
        return HttpResponseRedirect(url_of(Delivery, "change", delivery.pk))
    record = record or model_admin.model.objects.get(**{model_admin.key: answer.data[schema.key.field.name]})
    model_admin.log_change(request, record, entry)
    model_admin.message_user(request, entry, messages.SUCCESS)
    last = url_of(model_admin.model, "changelist") if entry == "Deleted." else url_of(type(record), "change", record.pk)
    return HttpResponseRedirect(last)


def page(
    request: HttpRequest, model_admin: RecordAdmin, template: str, title: str, faults: Faults, **context: Any
) -> HttpResponse:
    shown = columns.fault_table(map(asdict, faults)) if faults else ""
    whole = {**model_admin.admin_site.each_context(request), "title": title, "faults": shown, **context}
    return TemplateResponse(request, f"sync/{template}.html", whole)
