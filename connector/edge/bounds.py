"""What no process starts with: numbers that no limit can be, and whatever else a check of the settings finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from connector.edge.web_urls import parts_of

LEAST = {
    "CONNECTOR_AUDIT_DAYS": 0,
    "CONNECTOR_BACKLOG": 1,
    "CONNECTOR_BODY_LIMIT": 1,
    "CONNECTOR_DELETE_LIMIT": 0,
    "CONNECTOR_DELETE_MINUTES": 1,
    "CONNECTOR_DELIVERY_DAYS": 0,
    "CONNECTOR_DELIVERY_PARTITIONS": 1,
    "CONNECTOR_FILE_LIMIT": 1,
    "CONNECTOR_IMPORT_DAYS": 0,
    "CONNECTOR_LOGIN_FAILURES": 1,
    "CONNECTOR_LOGIN_LOCK_MINUTES": 1,
    "CONNECTOR_NOTIFICATION_DAYS": 0,
    "CONNECTOR_OVERDUE_MINUTES": 0,
    "CONNECTOR_PARKED_HOURS": 0,
    "CONNECTOR_PULL_DAYS": 0,
    "CONNECTOR_RATE_BURST": 1,
    "CONNECTOR_RATE_STEADY": 1,
    "CONNECTOR_REPEAT_HOURS": 1,
    "CONNECTOR_RUN_FILES": 1,
    "CONNECTOR_RUN_HOURS": 1,
    "CONNECTOR_SESSION_HOURS": 1,
    "CONNECTOR_SESSION_IDLE_MINUTES": 1,
    "CONNECTOR_SILENT_DAYS": 0,
    "CONNECTOR_SILENT_HOURS": 0,
    "CONNECTOR_SOCKET_SECONDS": 1,
    "CONNECTOR_TOKEN_DAYS": 0,
    "CONNECTOR_TOKEN_GUESSES": 0,
    "CONNECTOR_TOMBSTONE_DAYS": 0,
    "CONNECTOR_TRAIL_DAYS": 0,
    "CONNECTOR_UPLOAD_LIMIT": 1,
}

OF_SETTINGS = (Tags.security, Tags.compatibility)  # The checks that tell of settings are tagged so, ours and Django's.


@register(Tags.security)
def check_bounds(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse what would keep nothing, take nothing or lead nowhere."""
    return [*too_small(), *no_public_url()]


def too_small() -> Iterator[CheckMessage]:
    for name, least in LEAST.items():
        if getattr(settings, name) < least:
            yield Error(f"{name} is less than {least}.", id="settings.E001")
    if settings.SECURE_HSTS_SECONDS < 0:
        yield Error("HSTS_SECONDS is less than 0.", id="settings.E001")


def no_public_url() -> Iterator[CheckMessage]:
    if settings.CONNECTOR_PUBLIC_URL and not parts_of(settings.CONNECTOR_PUBLIC_URL):
        hint = "It is how others call this service, such as https://connector.example.org."
        yield Error("CONNECTOR_PUBLIC_URL is no URL.", hint=hint, id="settings.E002")


def refuse_wrong_settings() -> None:
    """Raise ImproperlyConfigured with all errors of the settings; commands run their checks by themselves."""
    found = [error for error in run_checks(tags=OF_SETTINGS) if error.is_serious() and not error.is_silenced()]
    if found:
        raise ImproperlyConfigured("\n".join(str(error) for error in found))
