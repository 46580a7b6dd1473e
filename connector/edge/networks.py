"""From where a client's tokens are taken: from anywhere, unless the admin lists networks for it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from connector.edge.address import address_of, read_address

Network = IPv4Network | IPv6Network


def networks_in(text: str) -> tuple[Network, ...]:
    """Return the networks that a text lists, separated by commas.

    Raises:
        ValueError
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def validate_networks(text: str) -> None:
    """Refuse a list with something in it that is no network; all that are none are named."""
    wrong = [part.strip() for part in text.split(",") if part.strip() and not is_network(part)]
    if wrong:
        raise ValidationError(f"{', '.join(wrong)}: write networks such as 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7.")


def is_network(text: str) -> bool:
    try:
        networks_in(text)
    except ValueError:
        return False
    return True


def comes_from(request: HttpRequest, networks: Sequence[Network]) -> bool:
    """Tell whether a request comes from one of these; from an address that nobody can read it does not."""
    address = read_address(address_of(request))
    return address is not None and any(address in network for network in networks)
