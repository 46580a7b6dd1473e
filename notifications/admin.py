"""What Dsync reported to us."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connector.edge.admin.clients import client_name, with_client_name
from connector.edge.admin.filters import SpanFilter
from connector.edge.admin.pages import MachineWritten, column
from connector.edge.admin.text import NOTHING, moment, short, tag, text
from connector.edge.payloads import hidden
from notifications.models import Notification

CLASSES = {"2xx": (200, 300), "3xx": (300, 400), "4xx": (400, 500), "5xx": (500, 600)}


@column("status")
def status(notification: Notification) -> str:
    return tag(str(notification.status), "red" if notification.status >= 400 else "green")


@column("node")
def node(notification: Notification) -> str:
    return notification.node_id or "the whole process"


@column("message")
@hidden
def message(notification: Notification) -> str:
    return short(notification.message)


@column("message")
@hidden
def whole_message(notification: Notification) -> str:
    return text(notification.message)


@column("process named by the header")
def header_process(notification: Notification) -> str:
    return notification.header_process_id or NOTHING


@column("received")
def received(notification: Notification) -> str:
    return moment(notification.received_at)


class StatusFilter(SimpleListFilter):
    title = "status"
    parameter_name = "status_class"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in CLASSES]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in CLASSES:
            return queryset
        low, high = CLASSES[self.value() or ""]
        return queryset.filter(status__gte=low, status__lt=high)


class ReceivedFilter(SpanFilter):
    title = "received"
    field = "received_at"


@admin.register(Notification)
class NotificationAdmin(MachineWritten):
    list_display = ("process_id", node, status, message, client_name, received)
    list_filter = (StatusFilter, ReceivedFilter)
    search_help_text = "Process or node, exactly"
    sections = ((None, ("process_id", header_process, node, status, whole_message, client_name, received)),)

    def list_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return with_client_name(rows.defer("digest"))

    def found_by(self, term: str) -> Q:
        return Q(process_id=term) | Q(node_id=term)
