"""System checks of the settings of data sources."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 (Django's)


@register(Tags.security)
def check_outbound(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse networks and ports that are none: a policy with a slip in it opens too much or too little."""
    return [*wrong_networks(), *wrong_ports()]


def wrong_networks() -> Iterator[CheckMessage]:
    for text in settings.CONNECTOR_OUTBOUND_ALLOW:
        try:
            ip_network(text)
        except ValueError:
            hint = "Write each as a network whose host bits are zero, such as 10.1.0.0/16."
            yield Error(
                f"CONNECTOR_OUTBOUND_ALLOW has {text!r}, which is no network.", hint=hint, id="datasources.E001"
            )


def wrong_ports() -> Iterator[CheckMessage]:
    for text in settings.CONNECTOR_OUTBOUND_PORTS:
        if not (text.isdecimal() and 0 < int(text) < 2**16):
            hint = "Write each as a number from 1 to 65535."
            yield Error(f"CONNECTOR_OUTBOUND_PORTS has {text!r}, which is no port.", hint=hint, id="datasources.E002")


@register(deploy=True)
def check_links(**_kwargs: Any) -> list[CheckMessage]:
    """Warn of mails that cannot say where the results are."""
    if not settings.EMAIL_URL_IS_SET or settings.CONNECTOR_LINKS_URL:
        return []
    hint = "Set CONNECTOR_PUBLIC_URL to the address by which partners call this service."
    return [Warning("Mails about imports have no links to the results.", hint=hint, id="datasources.W001")]
