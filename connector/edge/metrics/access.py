"""Who may read metrics: whoever has their token, or calls from a listed network."""

from __future__ import annotations

import hmac
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from connector.edge.address import address_of
from connector.edge.bearer import BEARER
from connector.edge.errors import NotFound, Unauthorized
from connector.edge.metrics.counted import is_open


def check_access(request: HttpRequest) -> None:
    """Let a scrape pass.

    Raises:
        NotFound: nobody may read metrics here.
        Unauthorized
    """
    if not is_open():
        raise NotFound
    if not (has_token(request) or is_listed(address_of(request))):
        raise Unauthorized


def has_token(request: HttpRequest) -> bool:
    token: str = settings.CONNECTOR_METRICS_TOKEN
    sent = BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    return bool(token) and sent is not None and hmac.compare_digest(sent[1].encode(), token.encode())


def is_listed(text: str) -> bool:
    """Tell whether an address is of a listed network, also one that is written as IPv6 and is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ip_network(network) for network in settings.CONNECTOR_METRICS_NETWORKS)
