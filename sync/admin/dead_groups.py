"""Dead letters by entity and reason: how many, since when, and what can be done to all of a group."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from connector.edge.admin.navigation import register_link
from connector.edge.admin.text import link, moment
from connector.edge.counting import bounded
from sync.admin import columns
from sync.admin.operations import Operated
from sync.models import Sweep
from sync.models.delivery import State
from sync.operating.dead_groups import LOOKED_BEHIND, Group, count_dead, groups

BADGE = 99


def listed(request: HttpRequest, model_admin: Operated) -> HttpResponse:
    """Show the groups."""
    may_operate = model_admin.has_operate_permission(request)
    under_way = {(sweep.entity, sweep.cause): sweep for sweep in Sweep.objects.running()}
    lines = [{**line(group), "sweep": under_way.get((group.entity, group.reason))} for group in groups()]
    context = {"lines": lines, "may_operate": may_operate, "may_export": model_admin.has_export_permission(request)}
    return model_admin.page(request, "sync/dead_groups.html", "Dead letters", **context)


def line(group: Group) -> dict[str, Any]:
    return {
        "entity": group.entity,
        "reason": group.reason,
        "dead": link(list_url(group.entity, group.reason), bounded(group.dead)),
        "parked": parked(group),
        "oldest": columns.number(group.oldest),
        "accepted": moment(group.oldest_accepted_at),
        "query": query(group.entity, group.reason),
    }


def parked(group: Group) -> str:
    return f"{group.parked:,}" + (f" of the oldest {LOOKED_BEHIND:,}" if group.dead > LOOKED_BEHIND else "")


def query(entity: str, reason: str) -> str:
    return urlencode({"entity": entity, "reason": reason})


def list_url(entity: str, reason: str) -> str:
    chosen = f"since=any&state={State.DEAD}&{query(entity, reason)}"
    return f"{reverse('admin:sync_delivery_changelist')}?{chosen}"


@register_link("sync")
def dead_letters_link(request: HttpRequest) -> dict[str, Any] | None:
    """Show the way to the groups, with how many are dead, up to 99."""
    if not request.user.has_perm("sync.view_delivery"):
        return None
    dead = count_dead(BADGE + 1)
    badge = {"badge": str(dead) if dead <= BADGE else f"{BADGE}+"} if dead else {}
    return {"title": "Dead letters", "icon": "mark_email_unread", "link": reverse("admin:sync_delivery_dead"), **badge}
