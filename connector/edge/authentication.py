from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from connector.edge.errors import Unauthorized
from connector.edge.models import Scope
from connector.edge.tokens import Caller, caller_of

READING = {"GET", "HEAD", "OPTIONS"}


class AuthToken(BaseAuthentication):
    """Knows the caller by `Auth-Token`, before anything of the request is read or looked up."""

    def authenticate(self, request: Request) -> tuple[Caller, Any]:
        text = request.META.get("HTTP_AUTH_TOKEN", "")
        caller = caller_of(text) if text else None
        scope = Scope.READ if request.method in READING else Scope.WRITE
        if caller is None or not caller.may(scope):
            raise Unauthorized
        return caller, None
