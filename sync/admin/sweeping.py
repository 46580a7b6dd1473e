"""Asking for a sweep: all dead deliveries of a reason are replayed, or skipped, in the background."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from connector.edge.counting import COUNTED, bounded
from sync.admin.operations import Operated
from sync.admin.skipping import ReasonField
from sync.models import Sweep
from sync.models.sweep import Act
from sync.operating import sweeping
from sync.operating.dead_groups import members

DONE = {Act.REPLAY: "replayed", Act.SKIP: "skipped"}


class GroupForm(forms.Form):
    """Names a group of dead deliveries."""

    entity = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput, strip=False, required=False)

    @property
    def group(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("entity", "reason")}


class SkipGroupForm(GroupForm):
    note = ReasonField()


def replay_group(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Ask whether all of a group shall be replayed; on POST have it done."""
    return sweep(request, model_admin, Act.REPLAY)


def skip_group(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Ask why all of a group shall be skipped; on POST have it done."""
    return sweep(request, model_admin, Act.SKIP)


def sweep(request: HttpRequest, model_admin: Operated, act: Act) -> HttpResponse:
    named = GroupForm(request.POST if request.method == "POST" else request.GET)
    if not named.is_valid():
        return HttpResponseRedirect(reverse("admin:sync_delivery_dead"))
    form = SkipGroupForm(request.POST or None, initial=named.group) if act == Act.SKIP else named
    if request.method == "POST" and form.is_valid():
        return begin(request, model_admin, act, named.group, form.cleaned_data.get("note", ""))
    group = named.group
    dead = bounded(len(members(entity=group["entity"], reason=group["reason"], most=COUNTED + 1)))
    context = {"form": form, "group": group, "dead": dead, "is_skip": act == Act.SKIP}
    return model_admin.page(request, "sync/sweep_group.html", f"{act.value.capitalize()} all of a reason", **context)


@transaction.atomic
def begin(request: HttpRequest, model_admin: Operated, act: Act, group: dict[str, str], note: str) -> HttpResponse:
    """Begin a sweep, or lead to the one that is under way: of two people who press at once both see the same."""
    found, is_new = sweeping.begin(**group, act=act, note=note, user_id=request.user.pk)
    if is_new:
        model_admin.log_addition(request, found, f"Has all that are dead {DONE[act]}.")
    else:
        told = f"These are being {DONE[Act(found.act)]} already, since somebody asked for it before."
        model_admin.message_user(request, told, messages.WARNING)
    return HttpResponseRedirect(sweep_url(found))


def sweep_url(found: Sweep) -> str:
    return reverse("admin:sync_sweep_change", args=[found.pk])
