"""Where a request comes from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NEIGHBOURS = 64  # Bits: whoever has one IPv6 address has the whole network of them.


def address_of(request: HttpRequest) -> str:
    """Return where a call comes from: behind the proxy what that has seen, which is the last that it names."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def origin_of(request: HttpRequest) -> str | None:
    """Return the address by which attempts are counted, the network's for IPv6; None where there is none to read."""
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((int(address), NEIGHBOURS), strict=False).network_address)
    return str(address)
