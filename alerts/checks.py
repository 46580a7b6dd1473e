"""System checks of who is told of what; no message quotes the webhook's URL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's)
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from alerts.kinds import KINDS
from connector.edge.web_urls import parts_of


@register(Tags.security)
def check_alerts(**_kwargs: Any) -> list[CheckMessage]:
    return [*wrong_addresses(), *wrong_url(), *wrong_kinds()]


def wrong_addresses() -> Iterator[CheckMessage]:
    for place, address in enumerate(settings.CONNECTOR_ALERT_EMAILS, start=1):
        try:
            validate_email(address)
        except ValidationError:
            hint = "Separate addresses by commas, without names."
            yield Error(f"Address {place} of CONNECTOR_ALERT_EMAILS is none.", hint=hint, id="alerts.E001")


def wrong_url() -> Iterator[CheckMessage]:
    url = settings.CONNECTOR_ALERT_WEBHOOK_URL
    if url and not parts_of(url):
        hint = "It begins with https:// (or http://) and names a host."
        yield Error("CONNECTOR_ALERT_WEBHOOK_URL is no URL.", hint=hint, id="alerts.E002")
    if settings.CONNECTOR_ALERT_WEBHOOK_SECRET and not url:
        hint = "Set CONNECTOR_ALERT_WEBHOOK_URL too."
        yield Error("CONNECTOR_ALERT_WEBHOOK_SECRET signs nothing.", hint=hint, id="alerts.E003")


def wrong_kinds() -> Iterator[CheckMessage]:
    for name in settings.CONNECTOR_ALERT_KINDS:
        if name not in KINDS:
            hint = f"There are {', '.join(sorted(KINDS))}."
            yield Error(f"CONNECTOR_ALERT_KINDS has {name!r}, which is no kind.", hint=hint, id="alerts.E004")


@register(deploy=True)
def check_mails(**_kwargs: Any) -> list[CheckMessage]:
    """Warn of alerts that reach nobody though somebody is named."""
    if not settings.CONNECTOR_ALERT_EMAILS or settings.EMAIL_URL_IS_SET:
        return []
    hint = "Set EMAIL_URL to the mail server."
    return [Warning("Alerts are sent to none of CONNECTOR_ALERT_EMAILS.", hint=hint, id="alerts.W001")]
