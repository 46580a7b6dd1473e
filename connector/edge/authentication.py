from __future__ import annotations

from django.http import HttpRequest

from connector.edge.errors import Unauthorized
from connector.edge.models import Scope
from connector.edge.token_guesses import caller_from
from connector.edge.tokens import Caller

READING = {"GET", "HEAD", "OPTIONS"}


def authenticated(request: HttpRequest) -> Caller:
    """Return who calls, by `Auth-Token`, before anything of the request is read or looked up.

    Raises:
        Unauthorized, TooManyRequests
    """
    text = request.META.get("HTTP_AUTH_TOKEN", "")
    caller = caller_from(request, text) if text else None
    scope = Scope.READ if request.method in READING else Scope.WRITE
    if caller is None or not caller.may(scope):
        raise Unauthorized
    return caller
