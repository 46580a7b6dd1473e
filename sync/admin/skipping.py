"""Giving dead deliveries up, one or many, for a reason that a person must tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from connector.edge.admin.text import short, table
from sync.admin import columns
from sync.admin.operations import AT_ONCE, Operated, Operation
from sync.models import Delivery, State
from sync.models.delivery import HEAVY
from sync.operating import dead_letters
from sync.operating.dead_letters import REASON_LENGTH

if TYPE_CHECKING:
    from django.forms import TextInput
else:
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

LONGEST_NUMBER = 18


class ReasonField(forms.CharField):
    """Why deliveries are given up, which a person must tell."""

    def __init__(self) -> None:
        super().__init__(
            label="Reason",
            max_length=REASON_LENGTH,
            widget=TextInput,
            help_text=f"1 to {REASON_LENGTH} characters; it is kept with the delivery.",
            error_messages={
                "required": "Say why: a delivery is not given up without a reason.",
                "max_length": f"A reason has up to {REASON_LENGTH} characters; this one has %(show_value)d.",
            },
        )


class SkipForm(forms.Form):
    deliveries = forms.CharField(widget=forms.HiddenInput)
    reason = ReasonField()


def skip(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Ask why deliveries shall be skipped, and on POST skip them."""
    named = request.POST if request.method == "POST" else request.GET
    deliveries = numbered(named.get("deliveries", ""))
    form = SkipForm(request.POST) if request.method == "POST" else form_for(deliveries)
    if not deliveries or not form.is_valid():
        return ask(request, model_admin, deliveries, form)
    act = partial(dead_letters.skip, reason=form.cleaned_data["reason"])
    operation = Operation(act, "skipped", "Skipped.")
    model_admin.report(request, model_admin.operate(request, deliveries, operation), operation)
    return HttpResponseRedirect(back_url(deliveries))


def ask(
    request: HttpRequest, model_admin: Operated, deliveries: Sequence[Delivery], form: SkipForm | None = None
) -> HttpResponse:
    rows = [
        (columns.number(row.pk), columns.state(row), row.entity, short(row.record_key), columns.reason(row))
        for row in deliveries
    ]
    context = {
        "form": form or form_for(deliveries),
        "deliveries": table(("Delivery", "State", "Entity", "Record", "Reason"), rows),
        "count": len(deliveries),
        "back": back_url(deliveries),
    }
    return model_admin.page(request, "sync/skip.html", "Skip deliveries", **context)


def form_for(deliveries: Sequence[Delivery]) -> SkipForm:
    return SkipForm(initial={"deliveries": ",".join(str(delivery.pk) for delivery in deliveries)})


def numbered(text: str) -> list[Delivery]:
    """Return the deliveries of these numbers, as many as are taken at once; what is no number is passed over."""
    parts = [part for part in text.split(",") if part.isascii() and part.isdigit() and len(part) <= LONGEST_NUMBER]
    return list(Delivery.objects.filter(pk__in=map(int, parts[:AT_ONCE])).order_by("pk").defer(*HEAVY))


def back_url(deliveries: Sequence[Delivery]) -> str:
    if len(deliveries) == 1:
        return reverse("admin:sync_delivery_change", args=[deliveries[0].pk])
    return f"{reverse('admin:sync_delivery_changelist')}?since=any&state={State.DEAD}"
