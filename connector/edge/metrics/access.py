"""Who may read metrics: whoever has their token, or calls from a listed network."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest

from connector.edge.bearer import BEARER
from connector.edge.errors import NotFound, Unauthorized
from connector.edge.metrics.counted import is_open
from connector.edge.networks import comes_from, networks_in
from connector.edge.token_guesses import opened_by


def check_access(request: HttpRequest) -> None:
    """Let a scrape pass.

    Raises:
        NotFound: nobody may read metrics here.
        Unauthorized, TooManyRequests
    """
    if not is_open():
        raise NotFound
    sent = BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if is_listed(request) or (sent and opened_by(request, sent[1], lambda _digest: metrics_at(sent[1]))):
        return
    raise Unauthorized


def metrics_at(text: str) -> bool | None:
    """Tell whether this is their token; no bearer is empty, as a token is that is not set."""
    return hmac.compare_digest(text.encode(), settings.CONNECTOR_METRICS_TOKEN.encode()) or None


def is_listed(request: HttpRequest) -> bool:
    return comes_from(request, networks_in(",".join(settings.CONNECTOR_METRICS_NETWORKS)))
