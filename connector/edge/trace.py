"""The id of a request: in every line of the log, in `X-Request-Id`, and in the errors of contracts that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import getrandbits
from uuid import UUID

from django.http import HttpRequest
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

KEY = "connector.trace_id"  # No header of a client comes under such a name.
NAMES = ("request_id", "process_id", "delivery", "trace_id")

note = bind_contextvars  # Has it said in all lines that are still to come of the request in hand.


def trace_id(request: HttpRequest) -> str:
    """Return the id of a request, which it gets when it is first asked for."""
    found: str | None = request.META.get(KEY)
    if found is None:
        # Not for secrets: `uuid4` asks the system, and a busy process waits for its turn after each such question.
        found = request.META[KEY] = str(UUID(int=getrandbits(128), version=4))
    return found


def forget() -> None:
    """Say no more of a request that is over."""
    unbind_contextvars(*NAMES)


@contextmanager
def apart() -> Iterator[None]:
    """Have what a block notes be said in its own lines alone."""
    before = {name: value for name, value in get_contextvars().items() if name in NAMES}
    try:
        yield
    finally:
        forget()
        note(**before)
