"""System checks of the settings of data sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's)

from connector.edge.network_settings import wrong_networks


@register(Tags.security)
def check_outbound(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse networks and ports that are none: a policy with a slip in it opens too much or too little."""
    return [*wrong_networks("CONNECTOR_OUTBOUND_ALLOW", identity="datasources.E001"), *wrong_ports()]


def wrong_ports() -> Iterator[CheckMessage]:
    for place, text in enumerate(settings.CONNECTOR_OUTBOUND_PORTS, start=1):
        if not (text.isdecimal() and 0 < int(text) < 2**16):
            hint = "Write each as a number from 1 to 65535."
            yield Error(f"Port {place} of CONNECTOR_OUTBOUND_PORTS is none.", hint=hint, id="datasources.E002")


@register(deploy=True)
def check_links(**_kwargs: Any) -> list[CheckMessage]:
    """Warn of mails that cannot say where the results are."""
    if not settings.EMAIL_URL_IS_SET or settings.CONNECTOR_LINKS_URL:
        return []
    hint = "Set CONNECTOR_PUBLIC_URL to the address by which partners call this service."
    return [Warning("Mails about imports have no links to the results.", hint=hint, id="datasources.W001")]
