"""Who calls by `Authorization: Bearer TOKEN`: the same tokens as Dsync's, each of one scope."""

from __future__ import annotations

import re

from django.http import HttpRequest

from connector.edge.models import Scope
from connector.edge.token_guesses import caller_from
from connector.edge.tokens import Caller

BEARER = re.compile(r"bearer +([\w.~+/=-]+)", re.ASCII | re.IGNORECASE)


def bearer_caller(request: HttpRequest, scope: Scope) -> Caller | None:
    """Return who calls, None where the token is absent, unknown or of another scope; nothing tells which.

    Raises:
        TooManyRequests
    """
    credentials = BEARER.fullmatch(request.META.get("HTTP_AUTHORIZATION", ""))
    caller = caller_from(request, credentials[1]) if credentials else None
    return caller if caller is not None and caller.may(scope) else None
