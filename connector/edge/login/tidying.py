"""Forgetting what signing in leaves behind."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore

from connector.edge.login.lockout import counts_since


def tidy() -> None:
    """Remove sessions that are over, and failures that lock nobody any more."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=counts_since()).delete()
