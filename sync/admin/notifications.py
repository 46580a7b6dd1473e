"""Our own deliveries of a process, beside what Dsync reports of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from connector.edge.admin import additions
from connector.edge.admin.clients import with_client_name
from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, tag
from notifications.models import Notification
from sync.admin import columns
from sync.admin.filters import DisagreementFilter
from sync.admin.records import NEWEST, entry
from sync.models import Delivery
from sync.operating.disagreements import Disagreement, disagreement
from sync.serving.progress import counts


@column("disagrees with us")
def disagrees(notification: Any) -> str:
    return mark(notification.disagreement) if notification.disagreement else NOTHING


class ProcessDeliveries(additions.Addition):
    columns = (disagrees,)
    filters = (DisagreementFilter,)

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        told_apart: QuerySet[Any] = rows.annotate(disagreement=disagreement())
        return told_apart

    def panel(self, request: HttpRequest, row: Any) -> str:
        if not request.user.has_perm("sync.view_delivery"):
            return ""
        ours = Delivery.objects.filter(process_id=row.process_id, client_id=row.client_id)
        by_state = dict(ours.order_by().values_list("state").annotate(Count("pk")))
        found = Notification.objects.filter(pk=row.pk).values_list(disagreement(), flat=True)[0]
        newest = with_client_name(ours.defer("body", "digest", "previous")).order_by("-pk")[:NEWEST]
        context = {
            "title": "Our deliveries of this process",
            "mark": told(found) if found else "",
            "counts": counts(by_state),
            "entries": [{**entry(delivery, []), "record": columns.record(delivery)} for delivery in newest],
            "url": columns.process_url(row.process_id),
        }
        return render_to_string("sync/deliveries.html", context)


additions.add(Notification, ProcessDeliveries())


def mark(value: str) -> str:
    return tag(value, "red", Disagreement(value).label)


def told(value: str) -> str:
    return tag(f"Disagreement: {Disagreement(value).label}.", "red edge-sentence")
