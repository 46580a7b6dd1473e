"""What a person does about one dead delivery: replay it, try it out, edit its body."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from msgspec.structs import asdict

from connector.edge import payloads
from connector.edge.admin import text as admin_text
from connector.edge.admin.text import short, table
from connector.edge.counting import counted
from connector.edge.payloads import payload
from sync.admin import columns
from sync.admin.body_form import BodyForm, told_of_form
from sync.admin.operations import REPLAY, Operated, Operation
from sync.models import Delivery, State
from sync.operating import dead_letters
from sync.operating.dead_letters import Trial

EDIT = "It is applied in place of what came when the delivery is replayed. It must speak of the same record."


def panel(request: HttpRequest, model_admin: Operated, delivery: Delivery) -> list[str]:
    """Return the panel of a dead delivery, and none of any other; who may not operate sees no buttons."""
    if delivery.state != State.DEAD:
        return []
    context = {
        "delivery": delivery,
        "behind": counted(Delivery.objects.behind(delivery)),
        "url": columns.deliveries_url(delivery.record_key),
        "skip_url": f"{reverse('admin:sync_delivery_skip')}?deliveries={delivery.pk}",
        "may_operate": model_admin.has_operate_permission(request),
        "may_edit": payloads.are_seen_by(request),
    }
    return [render_to_string("sync/dead.html", context, request)]


@require_POST
def replay(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    return finish(request, model_admin, get_object_or_404(Delivery, pk=pk), REPLAY)


@require_POST
def dry_run(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    """Show what would become of a delivery in the answer itself: no message keeps what the faults quote."""
    delivery = get_object_or_404(Delivery, pk=pk)
    trial = dead_letters.trial(delivery)
    if trial is None:
        return refuse(request, model_admin, delivery)
    faults = columns.fault_table(map(asdict, trial.faults))
    context = {"delivery": delivery, "trial": trial, "faults": faults, "changes": change_table(delivery, trial)}
    return model_admin.page(request, "sync/dry_run.html", f"Dry run of delivery {pk}", **context)


def change_table(delivery: Delivery, trial: Trial) -> SafeString:
    """Return what would be stored: the fields that would change, with what they hold and what they would."""
    rows = [
        (columns.field(delivery.entity, name), payload(short(old)), payload(short(new)))
        for name, old, new in trial.changes
    ]
    return table(("Field", "Now", "Then"), rows)


def edit(request: HttpRequest, model_admin: Operated, pk: int) -> HttpResponse:
    """Offer the body in force for editing; where it is wrong, list every fault and keep what was typed."""
    delivery = get_object_or_404(Delivery, pk=pk)
    if delivery.state != State.DEAD:
        return refuse(request, model_admin, delivery)
    form = BodyForm(request.POST or None, in_force=delivery.body_in_force)
    faults = dead_letters.faults_with(delivery, form.content) if form.is_valid() else []
    if form.is_valid() and not faults:
        operation = Operation(partial(dead_letters.edit, body=form.content), "edited", "Edited the body.")
        return finish(request, model_admin, delivery, operation)
    original = admin_text.body(bytes(delivery.body))
    shown = columns.fault_table(map(asdict, told_of_form(faults))) if faults else ""
    context = {
        "form": form,
        "faults": shown,
        "intro": EDIT,
        "says": "Keep this body",
        "back": reverse("admin:sync_delivery_change", args=[pk]),
        "heading": "What came, which stays",
        "original": original,
    }
    return model_admin.page(request, "sync/edit_body.html", f"Edit the body of delivery {pk}", **context)


def finish(request: HttpRequest, model_admin: Operated, delivery: Delivery, operation: Operation) -> HttpResponse:
    """Do it, and lead back to the delivery, which tells that it was done or why it was not."""
    if not model_admin.operate(request, [delivery], operation).done:
        return refuse(request, model_admin, delivery)
    model_admin.message_user(request, f"Delivery {delivery.pk} {operation.done}.", messages.SUCCESS)
    return to_page(delivery)


def refuse(request: HttpRequest, model_admin: Operated, delivery: Delivery) -> HttpResponse:
    """Lead back to a delivery that nothing could be done about, and say why."""
    delivery.refresh_from_db(fields=["state"])
    why = "a worker has its lane in hand; do it again in a moment"
    if delivery.state != State.DEAD:
        why = f"the delivery is not dead any more, it is {delivery.state}"
    model_admin.message_user(request, f"Nothing was done: {why}.", messages.WARNING)
    return to_page(delivery)


def to_page(delivery: Delivery) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:sync_delivery_change", args=[delivery.pk]))
