"""Dead letters by entity and reason: how many, since when, and one button for all of a group."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from connector.edge.admin_navigation import register_link
from connector.edge.admin_paginator import COUNTED, bounded
from connector.edge.admin_text import link, moment
from sync.admin import columns
from sync.admin.operations import AT_ONCE, HEAVY, REPLAY, Operated
from sync.dead_groups import LOOKED_BEHIND, Group, count_dead, groups, members
from sync.models import Delivery
from sync.models.delivery import State

BADGE = 99


class GroupForm(forms.Form):
    """Names a group of dead deliveries."""

    entity = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput, strip=False, required=False)


def listed(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Show the groups."""
    may_operate = model_admin.has_operate_permission(request)
    lines = [line(group) for group in groups()]
    context = {"lines": lines, "may_operate": may_operate}
    return model_admin.page(request, "sync/dead_groups.html", "Dead letters", **context)


def line(group: Group) -> dict[str, Any]:
    return {
        "entity": group.entity,
        "reason": group.reason,
        "dead": link(list_url(group.entity, group.reason), bounded(group.dead)),
        "parked": parked(group),
        "oldest": columns.number(group.oldest),
        "accepted": moment(group.oldest_accepted_at),
        "replay_url": f"{reverse('admin:sync_delivery_replay_group')}?{query(group.entity, group.reason)}",
    }


def parked(group: Group) -> str:
    return f"{group.parked:,}" + (f" of the oldest {LOOKED_BEHIND:,}" if group.dead > LOOKED_BEHIND else "")


def query(entity: str, reason: str) -> str:
    return urlencode({"entity": entity, "reason": reason})


def list_url(entity: str, reason: str) -> str:
    chosen = f"since=any&state={State.DEAD}&{query(entity, reason)}"
    return f"{reverse('admin:sync_delivery_changelist')}?{chosen}"


def replay_group(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Ask whether all of a group shall be replayed; on POST replay them, the oldest first."""
    form = GroupForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return to_groups()
    if request.method == "POST":
        oldest = Delivery.objects.filter(pk__in=members(**form.cleaned_data, most=AT_ONCE))
        tally = model_admin.operate(request, oldest.order_by("pk").defer(*HEAVY), REPLAY)
        left = size(**form.cleaned_data)
        rest = f"{bounded(left)} of this reason stay dead: do it again." if left else ""
        model_admin.report(request, tally, REPLAY, rest=rest)
        return to_groups()
    context = {"form": form, "group": form.cleaned_data, "dead": bounded(size(**form.cleaned_data)), "at_once": AT_ONCE}
    return model_admin.page(request, "sync/replay_group.html", "Replay all of a reason", **context)


def size(**group: str) -> int:
    return len(members(**group, most=COUNTED + 1))


def to_groups() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:sync_delivery_dead"))


@register_link("sync")
def dead_letters_link(request: HttpRequest) -> dict[str, Any] | None:
    """Show the way to the groups, with how many are dead, up to 99."""
    if not request.user.has_perm("sync.view_delivery"):
        return None
    dead = count_dead(BADGE + 1)
    badge = {"badge": str(dead) if dead <= BADGE else f"{BADGE}+"} if dead else {}
    return {"title": "Dead letters", "icon": "mark_email_unread", "link": reverse("admin:sync_delivery_dead"), **badge}
