"""The delivery journal: what came, from whom, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connector.edge.admin import text as admin_text
from connector.edge.admin.clients import client_name, with_client_name
from connector.edge.admin.filters import values_filter
from connector.edge.admin.pages import by_number, column
from connector.edge.admin.text import NOTHING, table, text
from connector.edge.payloads import are_seen_by, hidden
from entities.schema import schemas
from sync.admin import (
    columns,
    dead_deliveries,
    dead_exports,
    dead_fields,
    dead_groups,
    held_deletes,
    process,
    skipping,
    sweeping,
    undoing,
)
from sync.admin.filters import AcceptedFilter, DeadFilter
from sync.admin.operations import Operated
from sync.admin.selected import refuse_selected, release_selected, replay_selected, skip_selected
from sync.delivery.write import lock_number
from sync.models import Delivery, Outcome, State
from sync.models.delivery import HEAVY, Method


@column("body")
@hidden
def body(delivery: Delivery) -> SafeString:
    shown = admin_text.body(bytes(delivery.body))
    kept = len(delivery.body)
    if kept == delivery.body_size:
        return shown
    return format_html("<p>The first {} of {} bytes:</p>{}", f"{kept:,}", f"{delivery.body_size:,}", shown)


@column("edited body")
@hidden
def edited_body(delivery: Delivery) -> SafeString:
    return NOTHING if delivery.edited_body is None else admin_text.body(bytes(delivery.edited_body))


@column("faults")
def faults(delivery: Delivery) -> str:
    return columns.fault_table(delivery.errors)


@column("previous values")
@hidden
def previous(delivery: Delivery) -> str:
    if delivery.previous is None:
        return "There was no record before." if delivery.outcome == Outcome.CREATED else NOTHING
    return table(("Column", "Held before"), [(name, text(value)) for name, value in delivery.previous.items()])


@column("ignored keys")
def ignored(delivery: Delivery) -> str:
    return ", ".join(delivery.ignored) or NOTHING


@column("idempotency key")
def idempotency_key(delivery: Delivery) -> str:
    return text(delivery.idempotency_key or None)


@column("digest")
@hidden  # Who knows the rest of what it is made of could try bodies out.
def digest(delivery: Delivery) -> str:
    return bytes(delivery.digest).hex()


@admin.register(Delivery)
class DeliveryAdmin(Operated):
    list_display = (
        "id",
        columns.state,
        columns.method,
        "entity",
        columns.record,
        columns.outcome,
        columns.process,
        client_name,
        columns.size,
        columns.accepted,
    )
    list_filter = (
        AcceptedFilter,
        values_filter("state", lambda: State.values),
        values_filter("method", lambda: Method.values),
        values_filter("entity", lambda: list(schemas()), any_other=True),  # Also of one that is gone.
        DeadFilter,
    )
    actions = (
        replay_selected,
        skip_selected,
        release_selected,
        refuse_selected,
        dead_exports.export_csv,
        dead_exports.export_lines,
    )
    search_help_text = "Delivery, process or record key, exactly"
    sections = (
        (
            None,
            (
                columns.state,
                columns.outcome,
                columns.method,
                "entity",
                columns.record,
                columns.process,
                client_name,
                "is_local",
                columns.accepted,
                columns.finished,
            ),
        ),
        ("What came", (body, columns.size, ignored, idempotency_key, digest)),
        ("What became of it", (columns.reason, "tries", faults, edited_body, previous)),
    )

    def get_urls(self) -> list[URLPattern]:
        operate = self.has_operate_permission
        return [
            self.route("dead/", "dead", dead_groups.listed, self.has_view_permission),
            self.route("dead/replay/", "replay_group", sweeping.replay_group, operate),
            self.route("dead/skip-all/", "skip_group", sweeping.skip_group, operate),
            self.route("dead/export/", "export_group", dead_exports.export_group, self.has_export_permission),
            self.route("dead/skip/", "skip", skipping.skip, operate),
            self.route("held/", "held", held_deletes.listed, self.has_view_permission),
            self.route("held/<str:name>/", "decide", held_deletes.decide, operate),
            self.route("process/", "process", process.page, self.has_view_permission),
            self.route("<int:pk>/undo/", "undo", undoing.undo, self.has_view_permission),
            self.route("<int:pk>/replay/", "replay", dead_deliveries.replay, operate),
            self.route("<int:pk>/dry-run/", "dry_run", dead_deliveries.dry_run, operate),
            self.route("<int:pk>/edit/", "edit", dead_deliveries.edit, self.has_edit_permission),
            self.route("<int:pk>/edit/fields/", "edit_fields", dead_fields.edit, self.has_edit_permission),
            *super().get_urls(),
        ]

    def has_edit_permission(self, request: HttpRequest) -> bool:
        """Tell whether the user may edit a body, which is to see it."""
        return self.has_operate_permission(request) and are_seen_by(request)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_client_name(rows.defer(*HEAVY))

    def panels(self, request: HttpRequest, row: Any) -> list[str]:
        return [
            *dead_deliveries.panel(request, self, row),
            *held_deletes.panel(request, self, row),
            *undoing.panel(request, row),
            *alike(row),
            *super().panels(request, row),
        ]

    def found_by(self, term: str) -> Q:
        return by_number(term) | Q(process_id=term) | of_records(dict.fromkeys(schemas(), term))


def of_records(keys: dict[str, str]) -> Q:
    """Return the deliveries of these records, of each entity one; each half is what one partial index holds."""
    hashes = [lock_number(entity, key) for entity, key in keys.items()]
    named = Q(record_hash__in=hashes, record_key__in=set(keys.values()), entity__in=list(keys))
    return (Q(state=State.REJECTED) & named) | (~Q(state=State.REJECTED) & named)


def alike(delivery: Delivery) -> list[str]:
    """Return a panel with the record's other deliveries that say the same; repeats without effect are not kept."""
    same = of_records({delivery.entity: delivery.record_key}) & Q(digest=delivery.digest)
    others = Delivery.objects.filter(same).exclude(pk=delivery.pk).defer(*HEAVY).order_by("-pk")[:20]
    rows = [(columns.number(other.pk), columns.state(other), columns.accepted(other)) for other in others]
    context = {"title": "The same, sent again", "content": table(("Delivery", "State", "Accepted"), rows)}
    return [render_to_string("edge/panel.html", context)] if rows else []
