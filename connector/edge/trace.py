"""The id of a request: in every line of the log, in `X-Request-Id`, and in the errors of contracts that tell it."""

from __future__ import annotations

from random import getrandbits
from uuid import UUID

from django.http import HttpRequest

KEY = "connector.trace_id"  # No header of a client comes under such a name.


def trace_id(request: HttpRequest) -> str:
    """Return the id of a request, which it gets when it is first asked for."""
    found: str | None = request.META.get(KEY)
    if found is None:
        # Not for secrets: `uuid4` asks the system, and a busy process waits for its turn after each such question.
        found = request.META[KEY] = str(UUID(int=getrandbits(128), version=4))
    return found
