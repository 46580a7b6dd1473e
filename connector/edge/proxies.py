"""Which proxies in front are believed when they say who calls, and whether by TLS.

Anybody can send the headers in which they say so. They count where `BEHIND_TLS_PROXY` is set and whoever has the
connection is a proxy: one of `TRUSTED_PROXIES`, or, where none are named, whoever calls from a private network.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

from connector.edge.address import read_address
from connector.edge.networks import networks_in

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
PRIVATE = (  # Nobody on the internet calls from these.
    "127.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


def take_forwarded(request: HttpRequest) -> None:
    """Have a request come from the client that the proxies have seen; nothing else reads what was forwarded."""
    if not settings.SECURE_PROXY_SSL_HEADER:
        return
    meta = request.META
    peer, forwarded = meta.get("REMOTE_ADDR", ""), meta.pop(FORWARDED_FOR, "")
    if not is_within(peer, tuple(settings.TRUSTED_PROXIES) or PRIVATE):
        meta.pop(FORWARDED_PROTO, None)
    elif forwarded:
        meta["REMOTE_ADDR"] = client_of(forwarded)


def client_of(forwarded: str) -> str:
    """Return the nearest address that is no trusted proxy; the farthest where all are.

    Where no proxies are named there is one, and what it has seen is the client: of a client in a private network
    nobody could tell that it is no further proxy, and it would be believed whatever it says of itself.
    """
    seen = [address.strip() for address in reversed(forwarded.split(","))]
    trusted = tuple(settings.TRUSTED_PROXIES)
    return next((address for address in seen if not is_within(address, trusted)), seen[-1])


@lru_cache(maxsize=256)
def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Tell whether an address is in one of these networks, which one that nobody can read is not."""
    read = read_address(address)
    return read is not None and any(read in network for network in networks_in(",".join(networks)))
