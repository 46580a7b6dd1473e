"""Who may read metrics: whoever has their token, or calls from a listed network."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest

from connector.edge.bearer import BEARER
from connector.edge.errors import NotFound, Unauthorized
from connector.edge.metrics.counted import is_open
from connector.edge.networks import comes_from, networks_in


def check_access(request: HttpRequest) -> None:
    """Let a scrape pass.

    Raises:
        NotFound: nobody may read metrics here.
        Unauthorized
    """
    if not is_open():
        raise NotFound
    if not (has_token(request) or is_listed(request)):
        raise Unauthorized


def has_token(request: HttpRequest) -> bool:
    token: str = settings.CONNECTOR_METRICS_TOKEN
    sent = BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    return bool(token) and sent is not None and hmac.compare_digest(sent[1].encode(), token.encode())


def is_listed(request: HttpRequest) -> bool:
    return comes_from(request, networks_in(",".join(settings.CONNECTOR_METRICS_NETWORKS)))
