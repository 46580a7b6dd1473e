"""The journal on the first page of the admin."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connector.edge.admin_index import Card, Figure, figure, register_card
from notifications.models import Notification
from sync.admin.recent import first_since
from sync.disagreements import disagreeing
from sync.models import Delivery, State
from sync.models.delivery import PENDING


@register_card
def deliveries(request: HttpRequest) -> Card | None:
    """Count what came in the past day, and at any time what waits or is dead."""
    if not request.user.has_perm("sync.view_delivery"):
        return None
    url = reverse("admin:sync_delivery_changelist")
    day = Delivery.objects.filter(pk__gte=first_since(yesterday()), accepted_at__gte=yesterday())
    of_day = [
        figure(f"{state} in the past 24 hours", day.filter(state=state), f"{url}?since=day&state={state}")
        for state in (State.APPLIED, State.REJECTED)
    ]
    unfinished = [waiting(state, f"{url}?since=any&state={state}") for state in (*PENDING, State.DEAD)]
    return Card("Deliveries", [*of_day, *unfinished])


def waiting(state: State, url: str) -> Figure:
    return figure(state, Delivery.objects.filter(state=state), url, alarming=state in (State.HELD, State.DEAD))


@register_card
def reports(request: HttpRequest) -> Card | None:
    if not (request.user.has_perm("sync.view_delivery") and request.user.has_perm("notifications.view_notification")):
        return None
    url = reverse("admin:notifications_notification_changelist")
    day = Notification.objects.filter(received_at__gte=yesterday())
    return Card(
        "Notifications in the past 24 hours",
        [
            figure("received", day, f"{url}?since=day"),
            figure("disagree with us", disagreeing(day), f"{url}?since=day&disagrees=day", alarming=True),
        ],
    )


def yesterday() -> datetime:
    return timezone.now() - timedelta(days=1)
