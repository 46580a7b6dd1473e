"""System checks of who may read metrics; no message quotes the token."""

from __future__ import annotations

from collections.abc import Iterator
from os import W_OK, access
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from connector.edge.bearer import BEARER
from connector.edge.metrics.counted import is_open
from connector.edge.network_settings import wrong_networks

SHORTEST = 20


@register(Tags.security)
def check_metrics(**_kwargs: Any) -> list[CheckMessage]:
    networks = wrong_networks("CONNECTOR_METRICS_NETWORKS", identity="edge.E021")
    return [*wrong_token(), *networks, *wrong_folder(), *wrong_port()]


def wrong_token() -> Iterator[CheckMessage]:
    token = settings.CONNECTOR_METRICS_TOKEN
    if token and (len(token) < SHORTEST or not BEARER.fullmatch(f"Bearer {token}")):
        hint = f"At least {SHORTEST} letters, digits and -._~+/= ; `openssl rand -hex 24` makes one."
        yield Error("CONNECTOR_METRICS_TOKEN is too short, or no bearer token.", hint=hint, id="edge.E020")


def wrong_folder() -> Iterator[CheckMessage]:
    """Refuse a folder that cannot be written: what the other processes of the host count would go unseen."""
    folder = settings.CONNECTOR_METRICS_DIR
    if is_open() and not access(next(each for each in (folder, *folder.parents) if each.exists()), W_OK):
        hint = "All processes of a host must be able to write there; they share it."
        yield Error("CONNECTOR_METRICS_DIR cannot be written.", hint=hint, id="edge.E022")


def wrong_port() -> Iterator[CheckMessage]:
    port = settings.CONNECTOR_METRICS_PORT
    if port and not (0 < port < 2**16 and is_open()):
        hint = "A number up to 65535, with CONNECTOR_METRICS_TOKEN or CONNECTOR_METRICS_NETWORKS."
        yield Error("CONNECTOR_METRICS_PORT answers nobody.", hint=hint, id="edge.E023")
