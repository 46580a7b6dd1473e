"""System checks of what the service stands on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connections

from connector.edge import brokers
from connector.edge.encryption import keyring
from connector.edge.network_settings import wrong_networks

UNSAFE = """
    SELECT name FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
"""
LIMITED = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
LIMITS = "SELECT name, setting::bigint FROM pg_settings WHERE name = ANY(%s)"  # milliseconds


@register(Tags.database)
def check_durability(databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse a server that forgets in a crash what it has committed; one that is away is not judged."""
    if settings.DEBUG:
        return []
    return [message for alias in databases or () for message in check_server(alias)]


def check_server(alias: str) -> list[CheckMessage]:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(UNSAFE)
            names = [name for (name,) in cursor.fetchall()]
    except (DatabaseError, InterfaceError):
        return []
    hint = "Without it an accepted write can be lost in a crash of the server."
    return [Error(f"PostgreSQL runs with {name} = off.", hint=hint, obj=alias, id="edge.E001") for name in names]


@register(Tags.database)
def check_timeouts(databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Refuse a pooler that gives other time-outs than this role has: a pooled connection cannot bring its own."""
    if not settings.DATABASE_POOLED:
        return []
    return [message for alias in databases or () for message in check_pool(alias)]


def check_pool(alias: str) -> list[CheckMessage]:
    wanted = dict(zip(LIMITED, settings.TIMEOUTS[settings.ROLE], strict=True))
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(LIMITS, [list(LIMITED)])
            found = dict(cursor.fetchall())
    except (DatabaseError, InterfaceError):
        return []
    hint = f"The name for the role {settings.ROLE} in the pooler's file sets it, see deploy/pgbouncer.ini."
    return [
        Error(f"{name} is {found[name]} ms behind the pooler, not {seconds} s.", hint=hint, obj=alias, id="edge.E010")
        for name, seconds in wanted.items()
        if found[name] != 1000 * seconds
    ]


@register(Tags.security)
def check_brokers(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse addresses of Valkey and of the broker at which nothing could be found, all at once."""
    master = settings.REDIS_SENTINEL_MASTER
    found = {
        "REDIS_URL": brokers.faults(settings.REDIS_URL, brokers.STORES, master),
        "BROKER_URL": brokers.faults(settings.BROKER_URL, brokers.BROKERS, master)
        if settings.BROKER_URL != settings.REDIS_URL
        else (),
    }
    hint = "docs/settings.md has the forms."
    return [Error(f"{name} {fault}.", hint=hint, id="edge.E011") for name, faults in found.items() for fault in faults]


@register(Tags.security)
def check_field_keys(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse keys that are none, before a secret is to be kept."""
    if not settings.FIELD_KEYS:
        return []
    try:
        keyring(tuple(settings.FIELD_KEYS))
    except ImproperlyConfigured as exc:
        hint = "cryptography.fernet.Fernet.generate_key() makes one; several are separated by commas, the newest first."
        return [Error(str(exc), hint=hint, id="edge.E002")]
    return []


@register(Tags.security)
def check_proxies(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse proxies that are no networks, and such as nobody asks for."""
    faults = list(wrong_networks("TRUSTED_PROXIES", identity="edge.E013"))
    if settings.TRUSTED_PROXIES and not settings.SECURE_PROXY_SSL_HEADER:
        faults.append(Error("TRUSTED_PROXIES are believed nothing without BEHIND_TLS_PROXY.", id="edge.E013"))
    return faults
