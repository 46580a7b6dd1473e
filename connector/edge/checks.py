"""System checks of what the service stands on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connections

from connector.edge.encryption import keyring

UNSAFE = """
    SELECT name FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
"""


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


@register()
def check_audit_days(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a number of days by which every entry would be old."""
    if settings.CONNECTOR_AUDIT_DAYS >= 0:
        return []
    return [Error("CONNECTOR_AUDIT_DAYS is negative.", hint="0 keeps all entries of the audit log.", id="edge.E003")]


@register(Tags.security)
def check_token_guesses(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a number of guesses that is none."""
    if settings.CONNECTOR_TOKEN_GUESSES >= 0:
        return []
    return [Error("CONNECTOR_TOKEN_GUESSES is negative.", hint="0 answers any number of them 401.", id="edge.E010")]


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
