"""Trying tokens that nobody has: a few are answered 401, and the rest of the minute is refused without a look.

They are counted by the address they come from and by how they begin. Beyond the limit a token from there is looked up
only where it was accepted from the same address lately (`accepted.py`), so that a right guess learns no more than a
wrong one, and what is in use goes on working beside whoever guesses. What was accepted from there before and is no
more, such as a revoked token, is strange and no guess: it would keep its successor out.

A token that is known costs a look into the process' own memory. While Valkey is away each process counts by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import structlog
from django.conf import settings
from django.http import HttpRequest

from connector.edge import accepted
from connector.edge.address import origin_of
from connector.edge.allowances import Window
from connector.edge.digests import hidden
from connector.edge.errors import TooManyRequests
from connector.edge.lone_rates import admit_alone
from connector.edge.networks import comes_from
from connector.edge.open_rates import admit_openly
from connector.edge.rates import Admission
from connector.edge.tokens import Caller, caller_known, prefix_of, secret_digest

log = structlog.get_logger(__name__)

Opened = TypeVar("Opened")
SECONDS = 60
REFUSED = "Too many tokens that nobody has came from this address or began like this one; Retry-After tells how long."


def caller_from(request: HttpRequest, text: str) -> Caller | None:
    """Return who sent this token from where its client may; None where nobody did.

    Raises:
        TooManyRequests
    """
    return opened_by(request, text, lambda digest: caller_at(request, prefix_of(text), digest))


def caller_at(request: HttpRequest, prefix: str, digest: bytes) -> Caller | None:
    caller = caller_known(prefix, digest)
    if caller is not None and caller.networks and not comes_from(request, caller.networks):
        log.warning("token_from_elsewhere", client=caller.client_name)
        return None  # It is counted as a guess: else 401 among all the 429 would tell that it is right.
    return caller


def opened_by(request: HttpRequest, text: str, look_up: Callable[[bytes], Opened | None]) -> Opened | None:
    """Return what looking a token up by its digest finds, where it may be looked up; None where that is nothing.

    Raises:
        TooManyRequests: too many were tried, and this one is not known from there or was wrong, too.
    """
    digest, origin = secret_digest(text), origin_of(request)
    if not settings.CONNECTOR_TOKEN_GUESSES:
        return look_up(digest)
    if not accepted.is_known_here(digest, origin):
        refuse_beyond_the_limit(digest, origin, text)
    found = look_up(digest)
    if found is not None:
        accepted.remember(digest, origin)
    elif not accepted.is_known(digest, origin):
        count_guess(origin, text)
    return found


def refuse_beyond_the_limit(digest: bytes, origin: str | None, text: str) -> None:
    for account in accounts(origin, text):
        admission = admission_of(account, calls=0)
        if not admission.admitted and not accepted.is_known(digest, origin):
            raise TooManyRequests(admission.retry_after, REFUSED)


def count_guess(origin: str | None, text: str) -> None:
    for account in accounts(origin, text):
        admission = admission_of(account, calls=1)
        if not admission.admitted:  # By the address first: whoever is refused by it makes no further names in Valkey.
            raise TooManyRequests(admission.retry_after, REFUSED)


def accounts(origin: str | None, text: str) -> Iterator[str]:
    yield f"token:address:{origin}"
    prefix = prefix_of(text)
    if prefix:  # What begins like no token is no guess at one.
        yield f"token:prefix:{hidden(prefix)}"


def admission_of(account: str, *, calls: int) -> Admission:
    window = Window(settings.CONNECTOR_TOKEN_GUESSES, SECONDS)
    admission = admit_openly(account, [window], calls=calls)
    return admission if admission.is_counted else admit_alone(account, window, calls=calls)
