"""Who may read metrics: whoever has their token, or calls from a listed network."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest

from connector.edge.bearer import BEARER
from connector.edge.errors import NotFound, Unauthorized
from connector.edge.metrics.counted import is_open
from connector.edge.networks import comes_from, networks_in
from connector.edge.token_guesses import count_guess


def check_access(request: HttpRequest) -> None:
    """Let a scrape pass.

    Raises:
        NotFound: nobody may read metrics here.
        Unauthorized, TooManyRequests
    """
    if not is_open():
        raise NotFound
    sent = BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    if is_listed(request) or (sent and is_token(sent[1])):
        return
    if sent:
        count_guess(request, sent[1])
    raise Unauthorized


def is_token(text: str) -> bool:
    token: str = settings.CONNECTOR_METRICS_TOKEN
    return bool(token) and hmac.compare_digest(text.encode(), token.encode())


def is_listed(request: HttpRequest) -> bool:
    return comes_from(request, networks_in(",".join(settings.CONNECTOR_METRICS_NETWORKS)))
