"""Forgetting what signing in leaves behind."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from connector.edge.login.lockout import counts_since


def tidy() -> None:
    """Remove sessions that are over, failures that lock nobody any more, and sign-ins older than is kept."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=counts_since()).delete()
    if settings.CONNECTOR_SIGN_IN_DAYS:
        oldest = timezone.now() - timedelta(days=settings.CONNECTOR_SIGN_IN_DAYS)
        AccessLog.objects.filter(attempt_time__lt=oldest).delete()
