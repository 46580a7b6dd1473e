"""System checks of what is configured for this room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's name)

from connector.edge.web_urls import parts_of


@register(Tags.security)
def check_push_url(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse an address that cannot be called, or that carries a secret; warn of one that tells tokens in the clear."""
    url = parts_of(settings.CONNECTOR_PUSH_URL)
    if url is None or url.username is not None or url.fragment:
        hint = "It is an http or https URL without a user, such as https://api.dsync.com/api/realtime."
        return [Error("CONNECTOR_PUSH_URL cannot be called.", hint=hint, id="sync.E001")]
    if url.scheme == "http" and not settings.DEBUG:
        hint = "Whoever listens on the way reads the tokens; use https."
        return [Warning("CONNECTOR_PUSH_URL is not encrypted.", hint=hint, id="sync.W001")]
    return []
