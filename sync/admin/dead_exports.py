"""Saving dead deliveries as a file: those of a reason, or those that were ticked."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from connector.edge.admin.files import attachment, dated
from sync.admin.operations import Operated
from sync.admin.sweeping import GroupForm
from sync.models import Delivery
from sync.operating import dead_export


def export_group(request: HttpRequest, model_admin: Operated) -> HttpResponseBase:
    """Offer both kinds of file; answer with the one that is asked for."""
    form = GroupForm(request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("admin:sync_delivery_dead"))
    kind = request.GET.get("kind", "")
    if kind not in dead_export.KINDS:
        context = {"form": form, "group": form.group}
        return model_admin.page(request, "sync/export_group.html", "Export all of a reason", **context)
    model_admin.log_about(request, f"{form.group['entity']}: {form.group['reason']}", f"Exported as {kind}.")
    return answer(dead_export.of_group(**form.group), kind, form.group["entity"])


@admin.action(description="Export as CSV", permissions=["export"])
def export_csv(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponseBase | None:
    return export_selected(request, model_admin, rows, "csv")


@admin.action(description="Export as JSON lines", permissions=["export"])
def export_lines(model_admin: Operated, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponseBase | None:
    return export_selected(request, model_admin, rows, "jsonl")


def export_selected(
    request: HttpRequest, model_admin: Operated, rows: QuerySet[Delivery], kind: str
) -> HttpResponseBase | None:
    chosen = model_admin.selected(request, rows)
    for delivery in chosen:
        model_admin.log_change(request, delivery, f"Exported as {kind}.")
    return answer(dead_export.of_numbers(delivery.pk for delivery in chosen), kind, "deliveries") if chosen else None


def answer(portions: Iterable[list[Delivery]], kind: str, name: str) -> HttpResponseBase:
    return attachment(dated(f"dead-{name}", kind), dead_export.KINDS[kind], dead_export.written(portions, kind))
