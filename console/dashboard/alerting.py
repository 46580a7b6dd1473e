"""The open alerts, at the top of the first page."""

from __future__ import annotations

from django.http import HttpRequest

from alerts.kinds import title_of, too_young
from alerts.models import Alert
from connector.edge.admin.index import Part
from connector.edge.counting import counted

SHOWN = 10


def alerting(request: HttpRequest) -> Part | None:
    """Show what nobody has acknowledged yet, the newest first; nothing where there is none."""
    if not request.user.has_perm("alerts.view_alert"):
        return None
    unknown = Alert.objects.unacknowledged().exclude(too_young()).order_by("-pk")
    shown = list(unknown[: SHOWN + 1])
    if not shown:
        return None
    lines = [(alert, title_of(alert.kind)) for alert in shown[:SHOWN]]
    return Part("console/dashboard/alerts.html", {"lines": lines, "count": counted(unknown), "more": shown[SHOWN:]})
