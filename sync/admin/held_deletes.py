"""Deletes that the guard holds, by entity: how many, since when, and two buttons: release them, or refuse them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from connector.edge.admin.navigation import register_link
from connector.edge.admin.text import link, moment
from connector.edge.counting import COUNTED, bounded
from entities.admin.records import record_url
from sync.admin.operations import SECONDS, Operated
from sync.admin.skipping import numbered
from sync.models import Delivery, State
from sync.operating import held
from sync.operating.dead_letters import REASON_LENGTH
from sync.operating.held import RELEASE, Decision, Group, refusal

if TYPE_CHECKING:
    from django.forms import TextInput
else:
    from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

HIGHEST = 2**63 - 1
SLICE = 1.0  # seconds of a step, after which the page shows how far it is
RELEASES, REFUSES = "release", "refuse"
INTRO = {
    RELEASES: "Each is applied in its own place, before what waits behind it.",
    REFUSES: "A refused delete is rejected: its record stays, and goes on with what waits behind the delete.",
}


class DecisionForm(forms.Form):
    """Names what is decided of: an entity up to a number, or a few deliveries."""

    entity = forms.CharField(widget=forms.HiddenInput, required=False)
    upto = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=HIGHEST)
    deliveries = forms.CharField(widget=forms.HiddenInput, required=False)

    def batches(self) -> Iterator[list[int]]:
        if self.cleaned_data["deliveries"]:
            return iter([[delivery.pk for delivery in numbered(self.cleaned_data["deliveries"])]])
        return held.batches(self.cleaned_data["entity"], self.cleaned_data["upto"] or 0)

    def left(self) -> int:
        """Count what is left to be decided of: also of a few, whose lanes a worker may have in hand."""
        if self.cleaned_data["deliveries"]:
            return sum(delivery.state == State.HELD for delivery in numbered(self.cleaned_data["deliveries"]))
        return len(held.of_entity(self.cleaned_data["entity"], self.cleaned_data["upto"] or 0, COUNTED + 1))

    def decision(self) -> Decision:
        return RELEASE


class RefusalForm(DecisionForm):
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        widget=TextInput,
        help_text=f"1 to {REASON_LENGTH} characters; it is kept with each delivery, and told to who sent it.",
        error_messages={"required": "Say why: no delete is refused without a reason."},
    )

    def decision(self) -> Decision:
        return refusal(self.cleaned_data["reason"])


FORMS = {RELEASES: DecisionForm, REFUSES: RefusalForm}


def listed(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Show what is held of each entity."""
    context = {
        "lines": [line(group) for group in held.groups()],
        "may_operate": model_admin.has_operate_permission(request),
        "minutes": settings.CONNECTOR_DELETE_MINUTES,
    }
    return model_admin.page(request, "sync/held.html", "Held deletes", **context)


def line(group: Group) -> dict[str, Any]:
    query = urlencode({"since": "any", "state": State.HELD, "entity": group.entity})
    return {
        "entity": group.entity,
        "held": link(f"{reverse('admin:sync_delivery_changelist')}?{query}", bounded(group.held)),
        "since": moment(group.oldest_accepted_at),
        "examples": [(key, record_url(group.entity, key)) for key in group.keys],
        **{name: decide_url(name, entity=group.entity) for name in FORMS},
    }


def decide_url(name: str, **what: str) -> str:
    return f"{reverse('admin:sync_delivery_decide', args=[name])}?{urlencode(what)}"


def decide(request: HttpRequest, model_admin: Operated, name: str) -> HttpResponse:
    """Ask whether held deletes shall be released or refused, and on POST do so, for as long as a request may take."""
    if name not in FORMS:
        return to_list()
    given = {key: request.GET.get(key, "") for key in ("entity", "deliveries")}
    form = FORMS[name](request.POST) if request.method == "POST" else form_for(name, **given)
    if request.method != "POST" or not form.is_valid():
        return ask(request, model_admin, name, form)
    is_step = "application/json" in request.headers.get("Accept", "")
    note = partial(note_in_log, request, model_admin, form.decision().name)
    done = held.for_each(form.batches(), form.decision(), note, seconds=SLICE if is_step else SECONDS)
    left = form.left()
    rest = f"{bounded(left)} are still held: do it again." if left else ""
    level = messages.WARNING if left or not done else messages.SUCCESS
    if not is_step:
        model_admin.message_user(request, f"{done:,} {form.decision().name}. {rest}".strip(), level)
        return to_list()
    if not (left and done):  # Else the page goes on by itself.
        model_admin.message_user(request, rest or f"All are {form.decision().name}.", level)
    return JsonResponse({"done": done, "left": left, "told": bounded(left), "is_counted": left <= COUNTED})


def form_for(name: str, *, entity: str = "", deliveries: str = "") -> DecisionForm:
    return FORMS[name](initial={"entity": entity, "deliveries": deliveries, "upto": held.newest()})


def ask(request: HttpRequest, model_admin: Operated, name: str, form: DecisionForm) -> HttpResponse:
    asked = DecisionForm(form.data if form.is_bound else form.initial)
    some = numbered(asked.cleaned_data["deliveries"]) if asked.is_valid() else []
    total = len(some) or (asked.left() if asked.is_valid() else 0)
    context = {
        "form": form,
        "name": name,
        "intro": INTRO[name],
        "entity": asked.cleaned_data.get("entity"),
        "count": bounded(total),
        "total": total,
        "url": reverse("admin:sync_delivery_decide", args=[name]),
        "back": reverse("admin:sync_delivery_held"),
    }
    return model_admin.page(request, "sync/decide.html", f"{name.capitalize()} held deletes", **context)


def note_in_log(request: HttpRequest, model_admin: Operated, decided: str, numbers: list[int]) -> None:
    """Keep a line for a whole batch: a line for each of a million would say no more."""
    first = Delivery.objects.only("id", "method", "entity", "record_key").get(pk=numbers[0])
    told = f"{decided.capitalize()} {len(numbers)} held deletes of {first.entity}: {numbers[0]} to {numbers[-1]}."
    model_admin.log_change(request, first, told if len(numbers) > 1 else f"{decided.capitalize()}.")


def panel(request: HttpRequest, model_admin: Operated, delivery: Delivery) -> list[str]:
    """Return the panel of a held delivery, and none of any other."""
    if delivery.state != State.HELD:
        return []
    urls = {name: decide_url(name, deliveries=str(delivery.pk)) for name in FORMS}
    context = {**urls, "reason": delivery.reason, "may_operate": model_admin.has_operate_permission(request)}
    return [render_to_string("sync/held_panel.html", context, request)]


def to_list() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:sync_delivery_held"))


@register_link("sync")
def held_link(request: HttpRequest) -> dict[str, Any] | None:
    """Show the way to what is held; an alert says that there is some."""
    if not request.user.has_perm("sync.view_delivery"):
        return None
    return {"title": "Held deletes", "icon": "front_hand", "link": reverse("admin:sync_delivery_held")}
