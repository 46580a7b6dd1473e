"""Where a request comes from: what has the connection, or behind proxies what they have seen (`proxies.py`)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.http import HttpRequest

NEIGHBOURS = 64  # Bits: whoever has one IPv6 address has the whole network of them.


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, an IPv4 one that is written as IPv6 as what it is; None where it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def address_of(request: HttpRequest) -> str:
    """Return where a call comes from, as it was told; empty where it was not."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def origin_of(request: HttpRequest) -> str | None:
    """Return the address by which attempts are counted, the network's for IPv6; None where there is none to read."""
    return counted_as(address_of(request))


@lru_cache(maxsize=1024)
def counted_as(text: str) -> str | None:
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), NEIGHBOURS), strict=False).network_address)
    return str(address) if address else None
