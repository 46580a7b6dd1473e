"""Where we may dial to: a name is resolved once, every address is judged, and only those are dialled."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

from datasources.models import DataSourceType
from datasources.remote.errors import OutboundRefused, Unreachable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {DataSourceType.FTP: 21, DataSourceType.SFTP: 22, DataSourceType.S3: 443}
SECONDS = 10.0  # until an address that does not answer is given up
TRIED = 4  # addresses of a name
HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\s\[\]/@:?#%\\\x00-\x20\x7f]+))(?::(?P<port>[0-9]{1,5}))?")
# Metadata and platform services of clouds on addresses that are public by their number.
PLATFORMS = (ip_network("168.63.129.16/32"),)
NAT64 = (ip_network("64:ff9b::/96"), ip_network("::/96"))  # Addresses that hold an IPv4 address in their last bits.
NOT_PUBLIC = (ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"), ip_network("2001::/32"))


@dataclass(frozen=True)
class Vetted:
    """A server that may be dialled, by the addresses that were judged and no others."""

    name: str
    port: int
    addresses: tuple[Address, ...]

    @property
    def is_listed(self) -> bool:
        """Whether the operator has listed the networks of all its addresses."""
        return all(is_listed(address) for address in self.addresses)

    def dial(self) -> socket.socket:
        """Return a connection; raise Unreachable."""
        for address in self.addresses[:TRIED]:
            try:
                return socket.create_connection((str(address), self.port), SECONDS)
            except OSError:
                continue
        raise Unreachable(f"{self.name} does not answer on port {self.port}.")


def judge_host(text: str, data_source_type: str | None) -> str | None:
    """Return what speaks against a host; one that does not resolve is judged again when it is dialled."""
    try:
        if data_source_type is None:
            split(text, default_port=1)
        else:
            vet(text, data_source_type)
    except OutboundRefused as exc:
        return str(exc)
    except Unreachable:
        return None
    return None


def vet(text: str, data_source_type: str) -> Vetted:
    """Resolve a host and judge it.

    Raises:
        OutboundRefused, Unreachable
    """
    name, port = split(text, DEFAULT_PORTS[DataSourceType(data_source_type)])
    if port != DEFAULT_PORTS[DataSourceType(data_source_type)] and str(port) not in settings.CONNECTOR_OUTBOUND_PORTS:
        raise OutboundRefused(f"port {port} is not open for data sources of this type")
    addresses = resolve(name, port)
    if not all(is_allowed(address) for address in addresses):
        raise OutboundRefused("it resolves to an address that data sources may not use")
    return Vetted(name, port, addresses)


def split(text: str, default_port: int) -> tuple[str, int]:
    """Return name and port of `name`, `name:port`, `[v6]:port` or a bare IPv6 address."""
    if text.count(":") > 1 and not text.startswith("["):
        text = f"[{text}]"
    found = HOST.fullmatch(text)
    if found is None:
        raise OutboundRefused(
            "it must be a host name or address, optionally with a port, such as sftp.example.com:2222"
        )
    port = int(found["port"] or default_port)
    if not 0 < port < 2**16:
        raise OutboundRefused("its port must be from 1 to 65535")
    name = found["v6"] or found["name"]
    return name.removesuffix(".") or name, port  # Else an address with a dot behind it is judged only when dialled.


def resolve(name: str, port: int) -> tuple[Address, ...]:
    """Return the addresses of a name, each once, in the order of the resolver."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise Unreachable(f"{name} does not resolve.") from exc
    return tuple(dict.fromkeys(plain(ip_address(str(where[0]).partition("%")[0])) for *_, where in found))


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address merely writes in another way."""
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def is_allowed(address: Address) -> bool:
    return is_listed(address) or is_public(address)


def is_listed(address: Address) -> bool:
    return any(address in network for network in networks())


def networks() -> list[Network]:
    return [ip_network(text.strip()) for text in settings.CONNECTOR_OUTBOUND_ALLOW]


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet, and so is every address that it holds within."""
    if isinstance(address, IPv6Address) and (held := within(address)) is not None:
        return is_public(held)
    forbidden = any(address in network for network in (*PLATFORMS, *NOT_PUBLIC))
    return address.is_global and not address.is_multicast and not address.is_reserved and not forbidden


def within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which a gateway would carry what is sent to this one."""
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
