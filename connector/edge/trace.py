"""The id of a request: in every line of the log, in `X-Request-Id`, and in the errors of contracts that tell it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import getrandbits

from django.http import HttpRequest
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

KEY = "connector.trace_id"  # No header of a client comes under such a name.
NAMES = ("request_id", "process_id", "delivery", "trace_id")

note = bind_contextvars  # Has it said in all lines that are still to come of the request in hand.


def trace_id(request: HttpRequest) -> str:
    """Return the id of a request, which it gets when it is first asked for."""
    found: str | None = request.META.get(KEY)
    if found is None:
        found = request.META[KEY] = new_id()
    return found


def new_id() -> str:
    """Return a UUID of version 4, not for secrets.

    `uuid4` asks the system, and a busy process waits for its turn after each such question.
    """
    digits = f"{getrandbits(122):031x}"
    variant = "89ab"[int(digits[0])]
    return f"{digits[1:9]}-{digits[9:13]}-4{digits[13:16]}-{variant}{digits[16:19]}-{digits[19:]}"


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
