"""What the audit log has of what people did to rows."""

from __future__ import annotations

from django.db.models import QuerySet

from connector.edge.audit_entry import Action
from connector.edge.models import AuditEntry

DEEDS = (Action.ADDED, Action.CHANGED, Action.DELETED)


def deeds() -> QuerySet[AuditEntry]:
    """Return the entries in order, without those of signing in and of commands."""
    return AuditEntry.objects.filter(action__in=DEEDS).order_by("pk")
