"""The parts of the first page: each is shown only to whoever may see the lists that it is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from connector.edge.admin.index import Part, register_part
from connector.edge.counting import bounded
from connector.edge.health import parts
from console.dashboard import alerting, charts, failures, files, first_steps, lines, silence
from console.dashboard.flow import read
from console.dashboard.spans import SPANS, Span, chosen
from entities.schema import schemas
from sync.models import Delivery, Ledger
from sync.watching import traffic, waiting

STALE = timedelta(minutes=2)


def style(_request: HttpRequest) -> str:
    return static("console/dashboard.css")


def may(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.has_perm(permission))


def span_of(request: HttpRequest) -> Span:
    return chosen(request.GET.get("span"))


def since(request: HttpRequest) -> datetime:
    return span_of(request).starts(timezone.now())[0]


register_part(alerting.alerting)


@register_part
def beginning(request: HttpRequest) -> Part | None:
    """Say what to do first, as long as nothing has come."""
    if not may(request, "sync.view_delivery") or Delivery.objects.exists() or Ledger.objects.exists():
        return None
    return Part("console/dashboard/first_steps.html", {"steps": first_steps.steps(request)})


@register_part
def deliveries(request: HttpRequest) -> Part | None:
    """Show what came and what became of it, of all entities or of the one that is chosen."""
    if not may(request, "sync.view_delivery"):
        return None
    span, names, entity = span_of(request), list(schemas()), request.GET.get("entity", "")
    shown = [entity] if entity in names else names
    flow = read(span, names)
    known = files.last_of_entities() if may(request, "datasources.view_import") else {}
    context = {
        **choices(span, shown),
        **freshness(),
        "since": flow.starts[0],
        "figures": lines.figures(flow, span, shown),
        "received": charts.received(flow, span, shown),
        "latency": charts.latency(flow, span, shown),
        "speed": flow.speed(shown, flow.starts).total(),
        "lines": lines.by_entity(flow, span, silence.heard(names, known)),
        "names": lines.NAMES,
        "shares": lines.SHARES,
    }
    return Part("console/dashboard/flow.html", context)


def choices(span: Span, shown: list[str]) -> dict[str, Any]:
    """Return the links to other spans and entities: title, address, and whether it is the one that is shown."""
    entity = shown[0] if len(shown) == 1 else ""
    offered = {"": "All entities", **{name: name for name in schemas()}}
    return {
        "spans": [(each.title, address(each, entity), each == span) for each in SPANS.values()],
        "entities": [(title, address(span, name), name == entity) for name, title in offered.items()],
    }


def address(span: Span, entity: str) -> str:
    query = {"span": span.name, **({"entity": entity} if entity else {})}
    return f"{reverse('admin:index')}?{urlencode(query)}"


def freshness() -> dict[str, Any]:
    counted = traffic.counted_before()
    return {"counted": counted, "is_stale": counted is None or counted < timezone.now() - STALE}


@register_part
def now(request: HttpRequest) -> Part | None:
    """Show what waits now and what fails, side by side."""
    if not may(request, "sync.view_delivery"):
        return None
    context = {
        "waiting": [(each, bounded(each.deliveries), waiting_url(each)) for each in waiting.waiting()],
        "missing": [each["reason"] for each in parts.degraded()],
        "failures": failures.failures(since(request), span_of(request).name),
        "looked_at": failures.LOOKED_AT,
    }
    return Part("console/dashboard/now.html", context)


def waiting_url(each: waiting.Waiting) -> str:
    return f"{reverse('admin:sync_delivery_changelist')}?{urlencode({'since': 'any', 'state': each.state})}"


@register_part
def imports(request: HttpRequest) -> Part | None:
    """Show what came in files, by partner."""
    if not may(request, "datasources.view_import"):
        return None
    context = {"imports": files.imports(since(request)), "since": since(request)}
    return Part("console/dashboard/imports.html", context)


@register_part
def sources(request: HttpRequest) -> Part | None:
    """Show the sources that a person should look at."""
    if not may(request, "datasources.view_datasource"):
        return None
    found = files.silent_sources()
    return Part("console/dashboard/sources.html", {"sources": found[: files.SHOWN], "more": len(found) - files.SHOWN})
