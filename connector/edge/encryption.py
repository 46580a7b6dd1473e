"""Columns that are encrypted at rest, for secrets that have to be told again: those of others, which we send them.

FIELD_KEYS are Fernet keys. The first one encrypts and all of them decrypt, so that a new one is put before the others
and `manage.py rotate_secrets` has everything encrypted by it; then the others can go.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from connector.edge.secret_text import SecretText

if TYPE_CHECKING:
    TextField = models.TextField[str, SecretText]
else:
    from django.db.models import TextField


class Undecipherable(Exception):
    """A stored secret was encrypted by none of FIELD_KEYS."""


def encrypt(text: str) -> str:
    return keyring(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(stored: str) -> SecretText:
    """Return the secret; raise Undecipherable."""
    try:
        return SecretText(keyring(tuple(settings.FIELD_KEYS)).decrypt(stored.encode()).decode())
    except InvalidToken:
        raise Undecipherable from None


def rotated(stored: str) -> str:
    """Return the same secret, encrypted by the newest key; raise Undecipherable."""
    try:
        return keyring(tuple(settings.FIELD_KEYS)).rotate(stored.encode()).decode()
    except InvalidToken:
        raise Undecipherable from None


@cache
def keyring(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is not set, and without a key no secret can be kept.")
    return MultiFernet([fernet(key, place) for place, key in enumerate(keys, start=1)])


def fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise ImproperlyConfigured(f"Key {place} of FIELD_KEYS is not 32 bytes in URL-safe base64.") from None


class EncryptedTextField(TextField):
    """A text that the database sees encrypted; it cannot be searched, because the same is never encrypted alike."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> SecretText | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
