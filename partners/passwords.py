"""Whether a principal and a password are those of a party; a pair that was right is remembered for a minute."""

from __future__ import annotations

import hmac
import secrets
from threading import Lock

from cachetools import TTLCache
from django.contrib.auth.hashers import check_password, make_password

from connector.edge.digests import digest_of
from partners.guesses import count_guess, forgive_guesses
from partners.models import Login

REMEMBERED_SECONDS = 60
# By a digest under a key of this process: the hash that the password was right for, so that a new one ends it at once.
_right: TTLCache[bytes, str] = TTLCache(maxsize=10_000, ttl=REMEMBERED_SECONDS)
_key = secrets.token_bytes(32)
_lock = Lock()


def party_of(principal: str, password: str, *, address: str) -> Login | None:
    """Return the login of a principal whose password this is.

    Raises:
        TooManyRequests: too many were tried; nothing was checked.
    """
    pair = keyed(principal, password)
    login = Login.objects.select_related("partner").filter(principal=principal).first() if principal else None
    if login is not None and is_remembered(pair, login):
        return login
    count_guess(principal, address)
    if login is None:
        make_password(password)  # As long as for a principal that there is.
        return None
    if not check_password(password, login.password):
        return None
    forgive_guesses(principal, address)
    with _lock:
        _right[pair] = login.password
    return login


def is_remembered(pair: bytes, login: Login) -> bool:
    with _lock:
        return _right.get(pair) == login.password


def keyed(principal: str, password: str) -> bytes:
    return hmac.digest(_key, digest_of(principal.encode(), password.encode()), "sha256")


def forget_pairs() -> None:
    """Drop what this process remembers of passwords."""
    with _lock:
        _right.clear()
