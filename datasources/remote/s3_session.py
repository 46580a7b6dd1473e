"""HTTP for S3 that goes to one host: by the addresses that were judged, and nowhere that a redirect may lead."""

from __future__ import annotations

import socket
from typing import Any

from aiobotocore.httpsession import AIOHTTPSession
from aiohttp.abc import AbstractResolver, ResolveResult

from datasources.remote.errors import OutboundRefused
from datasources.remote.outbound import Vetted


class OneHost(AbstractResolver):
    """Names resolve to what was judged, once."""

    def __init__(self, vetted: Vetted) -> None:
        self.vetted = vetted

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 (aiohttp's name; the addresses have their own)
    ) -> list[ResolveResult]:
        self.refuse_other(host, port)
        return [self.result(host, str(address)) for address in self.vetted.addresses]

    def refuse_other(self, host: str | None, port: int | None) -> None:
        if (host, port) != (self.vetted.name, self.vetted.port):
            raise OutboundRefused("The server sent us to another host.")

    def result(self, host: str, address: str) -> ResolveResult:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        port, flags = self.vetted.port, socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)

    async def close(self) -> None: ...


class OneHostSession(AIOHTTPSession):  # type: ignore[misc]  # It carries no types.
    """aiobotocore's session: aiohttp follows redirects by itself, and asks no resolver about a bare address."""

    async def _create_connector(self, proxy_url: str | None) -> Any:
        connector = await super()._create_connector(proxy_url)
        resolver, connect = self._connector_args["resolver"], connector.connect

        async def connect_to_one(request: Any, *args: Any, **kwargs: Any) -> Any:
            resolver.refuse_other(request.url.host, request.url.port)
            return await connect(request, *args, **kwargs)

        connector.connect = connect_to_one
        return connector
