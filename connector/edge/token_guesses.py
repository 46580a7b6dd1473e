"""What comes with tokens that nobody has: a few are answered 401, the rest of the minute 429.

They are counted by the address they come from and by how they begin. A token is looked up first and counted only where
nobody has it, so that a right one is never slowed, whoever tries others from its address or with its beginning. It is
the token's 44 random characters that cannot be guessed; this keeps the noise of whoever tries down, and tells of it.
While Valkey is away nothing is counted, and every answer is 401.
"""

from __future__ import annotations

import structlog
from django.conf import settings
from django.http import HttpRequest

from connector.edge.address import origin_of
from connector.edge.allowances import Window
from connector.edge.digests import hidden
from connector.edge.errors import TooManyRequests
from connector.edge.networks import comes_from
from connector.edge.open_rates import admit_openly
from connector.edge.tokens import Caller, caller_of, prefix_of

log = structlog.get_logger(__name__)

SECONDS = 60
REFUSED = "Too many tokens that nobody has came from this address or began like this one; Retry-After tells how long."


def caller_from(request: HttpRequest, text: str) -> Caller | None:
    """Return who sent this token from where its client may; None where nobody did.

    Raises:
        TooManyRequests: nobody has the token there, and too many of that kind came before it.
    """
    caller = caller_of(text)
    if caller is not None and caller.networks and not comes_from(request, caller.networks):
        log.warning("token_from_elsewhere", client=caller.client_name)
        caller = None
    if caller is None:  # One from elsewhere is counted too: else 401 among all the 429 would tell that it is right.
        count_guess(request, text)
    return caller


def count_guess(request: HttpRequest, text: str) -> None:
    limit = settings.CONNECTOR_TOKEN_GUESSES
    if not limit:
        return
    prefix = prefix_of(text)
    named = [f"token:prefix:{hidden(prefix)}"] if prefix else []  # What begins like no token is no guess at one.
    for account in (f"token:address:{origin_of(request)}", *named):
        admission = admit_openly(account, [Window(limit, SECONDS)])
        if not admission.admitted:  # By the address first: whoever is refused by it makes no further names in Valkey.
            raise TooManyRequests(admission.retry_after, REFUSED)
