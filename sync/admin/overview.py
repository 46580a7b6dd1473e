"""What stands beside the journal, on the first page of the admin."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from connector.edge.admin.index import Card, figure, register_card
from notifications.models import Notification
from sync.models import FollowUp, Push
from sync.operating.disagreements import disagreeing


@register_card
def follow_ups(request: HttpRequest) -> Card | None:
    """Count the calls of hooks that are to be made, and those that were given up."""
    if not request.user.has_perm("sync.view_followup"):
        return None
    url = reverse("admin:sync_followup_changelist")
    given_up = figure("given up", FollowUp.objects.given_up(), f"{url}?is=given-up", alarming=True)
    return Card("Follow ups", [figure("waiting", FollowUp.objects.to_be_called(), f"{url}?is=open"), given_up])


@register_card
def pushes(request: HttpRequest) -> Card | None:
    """Count the local changes that Dsync is to be told of, and those that it refused."""
    if not request.user.has_perm("sync.view_push"):
        return None
    url = reverse("admin:sync_push_changelist")
    dead = figure("dead pushes", Push.objects.dead(), f"{url}?state=dead", alarming=True)
    return Card("Pushes", [figure("waiting", Push.objects.waiting(), f"{url}?state=waiting"), dead])


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
