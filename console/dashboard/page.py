"""The parts of the first page: each is shown only to whoever may see the lists that it is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from connector.edge.admin_index import Part, register_part
from connector.edge.admin_paginator import bounded
from connector.edge.health import pulse
from console.dashboard import charts, failures, files, first_steps, silence, waiting
from console.dashboard.flow import FIGURES, Flow, read
from console.dashboard.latency import bound_of, told
from console.dashboard.spans import SPANS, Span, chosen
from entities.schema import schemas
from sync.models import Delivery
from sync.models.delivery import PENDING

STALE = timedelta(minutes=2)
LISTED = {"applied": "applied", "rejected": "rejected", "dead": "dead", "skipped": "skipped"}  # States with a list.
ALARMING = ("dead",)


def style(_request: HttpRequest) -> str:
    return static("console/dashboard.css")


def may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.has_perm(permission))


@register_part
def beginning(request: HttpRequest) -> Part | None:
    """Say what to do first, as long as nothing has come."""
    if not may(request, "sync.view_delivery") or Delivery.objects.exists():
        return None
    return Part("console/dashboard/first_steps.html", {"steps": first_steps.steps(request)})


@register_part
def deliveries(request: HttpRequest) -> Part | None:
    if not may(request, "sync.view_delivery"):
        return None
    span, entity = chosen(request.GET.get("span")), request.GET.get("entity")
    names = list(schemas())
    shown = [entity] if entity in names else names
    flow = read(span, names)
    context = {
        "spans": [(each.title, address(each, entity), each == span) for each in SPANS.values()],
        "entities": [("All entities", address(span), shown == names)]
        + [(name, address(span, name), shown == [name]) for name in names],
        "since": flow.starts[0],
        "figures": figures(flow, span, shown),
        "received": charts.received(flow, span, shown),
        "latency": charts.latency(flow, span, shown),
        "speed": flow.speed(shown, flow.starts).total(),
        "rows": by_entity(request, flow, span, names),
        "figure_names": list(FIGURES),
        **freshness(),
    }
    return Part("console/dashboard/flow.html", context)


def address(span: Span, entity: str | None = None) -> str:
    """Return the first page with another choice."""
    query = {"span": span.name, **({"entity": entity} if entity in schemas() else {})}
    return f"{reverse('admin:index')}?{urlencode(query)}"


def list_url(span: Span, state: str = "", entity: str = "") -> str:
    query = {"since": span.name, "state": state, "entity": entity}
    chosen = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('admin:sync_delivery_changelist')}?{chosen}"


def figures(flow: Flow, span: Span, shown: list[str]) -> list[dict[str, Any]]:
    """Return the figures of the span, each with its list, and how long it took."""
    entity = shown[0] if len(shown) == 1 else ""
    speeds = flow.speed(shown, flow.starts)
    totals = [
        {
            "title": title,
            "value": f"{value:,}",
            "alarming": title in ALARMING and value,
            "url": figure_url(span, title, entity),
        }
        for title, value in flow.totals(shown).items()
    ]
    return [
        *totals,
        {
            "title": "applied within, half / 95 %",
            "value": " / ".join(told(bound_of(share, speeds)) for share in charts.SHARES.values()),
        },
    ]


def figure_url(span: Span, figure: str, entity: str) -> str:
    if figure in LISTED or figure == "received":
        return list_url(span, LISTED.get(figure, ""), entity)
    return ""


def by_entity(request: HttpRequest, flow: Flow, span: Span, names: list[str]) -> list[dict[str, Any]]:
    """Return a line for each entity, the busiest first."""
    known = files.last_of_entities() if may(request, "datasources.view_import") else {}
    last = silence.heard(names, known)
    lines = [line(flow, span, name, last[name]) for name in names]
    return sorted(lines, key=lambda each: (-each["received"], each["entity"]))


def line(flow: Flow, span: Span, name: str, heard: silence.Heard) -> dict[str, Any]:
    totals, speeds = flow.totals([name]), flow.speed([name], flow.starts)
    cells = [(figure, totals[figure], figure_url(span, figure, name)) for figure in FIGURES]
    times = [told(bound_of(share, speeds)) for share in charts.SHARES.values()]
    return {
        "entity": name,
        "received": totals["received"],
        "cells": cells,
        "times": times,
        "heard": heard,
        "url": list_url(span, entity=name),
    }


def freshness() -> dict[str, Any]:
    counted = waiting.counted_up_to()
    return {"counted": counted, "is_stale": counted is None or counted < timezone.now() - STALE}


@register_part
def now(request: HttpRequest) -> Part | None:
    """Show what waits now and what fails, side by side."""
    if not may(request, "sync.view_delivery"):
        return None
    span = chosen(request.GET.get("span"))
    since = span.starts(timezone.now())[0]
    context = {
        "waiting": [waiting_line(each) for each in waiting.waiting()],
        "missing": [each["reason"] for each in pulse.degraded()],
        "failures": failures.failures(since, span.name),
        "looked_at": failures.LOOKED_AT,
    }
    return Part("console/dashboard/now.html", context)


def waiting_line(each: waiting.Waiting) -> dict[str, Any]:
    url = f"{reverse('admin:sync_delivery_changelist')}?{urlencode({'since': 'any', 'state': each.state})}"
    label = next(state.label for state in PENDING if state == each.state)
    return {
        "state": each.state,
        "label": label,
        "number": bounded(each.deliveries),
        "url": url,
        "oldest": each.oldest,
        "accepted_at": each.accepted_at,
    }


@register_part
def partners(request: HttpRequest) -> Part | None:
    """Show what came in files, by partner."""
    if not may(request, "datasources.view_import"):
        return None
    since: datetime = chosen(request.GET.get("span")).starts(timezone.now())[0]
    return Part("console/dashboard/imports.html", {"imports": files.imports(since), "since": since})


@register_part
def sources(request: HttpRequest) -> Part | None:
    """Show the sources that a person should look at."""
    if not may(request, "datasources.view_datasource"):
        return None
    found = files.silent_sources()
    return Part("console/dashboard/sources.html", {"sources": found[: files.SHOWN], "more": len(found) - files.SHOWN})
