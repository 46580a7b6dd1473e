"""Issuing, checking and revoking the tokens that clients send in `Auth-Token`, or as bearers."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import structlog
from cachetools import TTLCache, cached
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from connector.edge.allowances import Window
from connector.edge.logs import outline
from connector.edge.models import Client, Scope, Token, account_of
from connector.edge.networks import Network, networks_in
from connector.edge.quotas import quota_of

log = structlog.get_logger(__name__)

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
SECRET_LENGTH = 44
CACHE_SECONDS = 5
USE_RECORDED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: the client, and what its token allows."""

    client_id: int
    client_name: str
    scope: str
    expires_at: datetime | None
    tenant: str
    quota: tuple[Window, ...] = ()  # Of the client, on Dsync's routes; none: any number of calls.
    networks: tuple[Network, ...] = ()  # From where its tokens are taken; none: from anywhere.

    @property
    def account(self) -> str:
        return account_of(self.scope, self.tenant)

    def may(self, scope: Scope) -> bool:
        if self.expires_at is not None and self.expires_at <= timezone.now():
            return False
        return self.scope == scope or (self.scope == Scope.WRITE and scope == Scope.READ)


@transaction.atomic
def issue(
    *, client_name: str, scope: Scope = Scope.WRITE, tenant: str = "", expires_at: datetime | None = None
) -> tuple[Token, str]:
    """Make a token for the client of a name, new or known, and return it with its text, which is shown once."""
    client, _ = Client.objects.get_or_create(name=client_name)
    prefix = f"{scope.contract}_{random_text(8)}"
    text = f"{prefix}_{random_text(SECRET_LENGTH)}"
    token = Token.objects.create(
        client=client, prefix=prefix, digest=secret_digest(text), scope=scope, tenant=tenant, expires_at=expires_at
    )
    return token, text


def random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def secret_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


def caller_of(text: str) -> Caller | None:
    """Return who sent this token, None when it is unknown, revoked or expired; right within 5 seconds."""
    return caller_known(prefix_of(text), secret_digest(text))


def prefix_of(text: str) -> str:
    """Return the readable beginning of a token, which is no secret."""
    return text[:32].rpartition("_")[0]


@cached(TTLCache(maxsize=10_000, ttl=CACHE_SECONDS), lock=Lock())
def caller_known(prefix: str, digest: bytes) -> Caller | None:
    """Return the same by how the token begins and its digest."""
    if not (prefix.isascii() and prefix.isprintable()):
        return None
    token = Token.objects.select_related("client").filter(prefix=prefix).first()
    if token is None or not hmac.compare_digest(bytes(token.digest), digest):
        return None
    now = timezone.now()
    if not token.is_active(now):
        return None
    record_use(token, now)
    client = token.client
    quota, networks = quota_of(client), networks_in(client.networks)
    return Caller(client.pk, client.name, token.scope, token.expires_at, token.tenant, quota, networks)


def record_use(token: Token, now: datetime) -> None:
    """Note the use of a token, at most once a minute; a database that takes no writes does not end the request."""
    stale = now - USE_RECORDED_EVERY
    if token.last_used_at is not None and token.last_used_at > stale:
        return
    try:
        unused = Q(last_used_at=None) | Q(last_used_at__lte=stale)
        Token.objects.filter(unused, pk=token.pk).update(last_used_at=now)
    except DatabaseError as exc:
        log.warning("token_use_not_recorded", **outline(exc))


def forget_callers() -> None:
    """Drop what this process remembers of tokens."""
    caller_known.cache_clear()
