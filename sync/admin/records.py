"""A record's deliveries, beside the record."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string

from connector.edge.admin import additions
from connector.edge.admin.clients import client_name, with_client_name
from connector.edge.admin.text import moment, short
from connector.edge.payloads import payload
from entities.entity import Entity
from entities.schema import schema_of
from sync.admin import columns, undoing
from sync.admin.changes import UNKNOWN, Change, changes
from sync.delivery.write import lock_number
from sync.models import Delivery, Outcome, State

NEWEST = 20
quote = connection.ops.quote_name


class RecordDeliveries(additions.Addition):
    def panel(self, request: HttpRequest, row: Any) -> str:
        if not request.user.has_perm("sync.view_delivery"):
            return ""
        model: Any = type(row)
        schema = schema_of(model)
        key = schema.key.text(getattr(row, schema.declaration.key))
        deliveries = newest(schema.name, key)
        entries = [
            {**entry(delivery, changed), "undo": undoing.undo_url(request, delivery)}
            for delivery, changed in changes(deliveries, columns_of(row) if is_of(row, deliveries) else {})
        ]
        context = {"title": "Deliveries", "entries": entries, "url": columns.deliveries_url(key)}
        return render_to_string("sync/deliveries.html", context)


additions.add(Entity, RecordDeliveries())


def newest(entity: str, key: str) -> list[Delivery]:
    """Return a record's newest deliveries; one query for each of the partial indexes."""
    of_record = Delivery.objects.filter(record_hash=lock_number(entity, key), entity=entity, record_key=key)
    found: list[Delivery] = []
    for rows in (of_record.exclude(state=State.REJECTED), of_record.filter(state=State.REJECTED)):
        found += with_client_name(rows.defer("body", "digest")).order_by("-pk")[:NEWEST]
    return sorted(found, key=lambda delivery: -delivery.pk)[:NEWEST]


def is_of(record: Any, newest_first: list[Delivery]) -> bool:
    """Tell whether what a record holds is the work of its newest delivery; rows of a file leave none."""
    written = (row.pk for row in newest_first if row.state == State.APPLIED and row.outcome != Outcome.ABSENT)
    return record.last_delivery in (None, next(written, None))


def columns_of(record: Any) -> dict[str, Any]:
    """Return what a record holds now, in the form in which deliveries keep what it held before."""
    table = quote(record._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(record) FROM {table} AS record WHERE id = %s", [record.pk])  # noqa: S608
        row = cursor.fetchone()
    held: dict[str, Any] = row[0] if row else {}
    return held


def entry(delivery: Delivery, changed: list[Change]) -> dict[str, Any]:
    return {
        "number": columns.number(delivery.pk),
        "method": delivery.method,
        "state": columns.state(delivery),
        "outcome": delivery.outcome or "",
        "client": client_name(delivery),
        "process": columns.process(delivery) if delivery.process_id else "",
        "accepted": moment(delivery.accepted_at),
        "faults": [columns.fault_line(fault) for fault in delivery.errors[:3]],
        "changes": [
            (columns.field(delivery.entity, change.column), payload(short(change.before)), after(change))
            for change in changed
        ],
    }


def after(change: Change) -> Any:
    return "" if change.after is UNKNOWN else payload(short(change.after))
