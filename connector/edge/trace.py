"""The id of a request: in every line of the log, in `X-Request-Id`, and in the errors of contracts that tell it."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest

KEY = "connector.trace_id"  # No header of a client comes under such a name.


def trace_id(request: HttpRequest) -> str:
    """Return the id of a request, which it gets when it is first asked for."""
    return str(request.META.setdefault(KEY, str(uuid4())))
