"""Locks against guessing passwords: what django-axes asks of us, and what it leaves to us."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone


def locked(request: HttpRequest, _response: HttpResponse, _credentials: Any = None) -> HttpResponse:
    """Answer whoever is locked out, in the same words whether or not there is a user of that name."""
    context = {**admin.site.each_context(request), "title": "Locked", "minutes": settings.CONNECTOR_LOGIN_LOCK_MINUTES}
    return render(request, "edge/login/locked.html", context, status=429)


def counts_since() -> datetime:
    return timezone.now() - settings.AXES_COOLOFF_TIME


def with_failures(attempts: QuerySet[Any]) -> QuerySet[Any]:
    """Return attempts that know the failures of their name and address, with any browser: those lock together."""
    alike = AccessAttempt.objects.filter(username=OuterRef("username"), ip_address=OuterRef("ip_address"))
    counted = alike.filter(attempt_time__gte=counts_since()).order_by().values("username")
    summed = counted.annotate(failures=Sum("failures_since_start")).values("failures")
    annotated: QuerySet[Any] = attempts.annotate(failures=Subquery(summed))
    return annotated


def is_locked(attempt: Any) -> bool:
    return bool((attempt.failures or 0) >= settings.AXES_FAILURE_LIMIT)


def unlock(attempt: AccessAttempt) -> None:
    """Forget the failures of a name at an address, with any browser."""
    AccessAttempt.objects.filter(username=attempt.username, ip_address=attempt.ip_address).delete()
