"""Judging settings that list networks."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error

from connector.edge.networks import is_network

HINT = "Such as 10.1.0.0/16,fd00:1::/64, without bits of a host."


def wrong_networks(name: str, *, identity: str) -> Iterator[CheckMessage]:
    """Yield an error for each entry of a setting that is no network; none is quoted."""
    for place, text in enumerate(getattr(settings, name), start=1):
        if not is_network(text):
            yield Error(f"Network {place} of {name} is none.", hint=HINT, id=identity)
