"""The tokens with which we call Dsync: its Auth-Token for us, and its Entity-Token for each entity."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models.functions import Now

from connector.edge.secret_text import SecretText
from entities.schema import schemas
from sync.models import PushToken
from sync.push import gate

AUTH = ""  # Stands where a token of an entity has the entity's name.
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Tokens:
    auth: SecretText = field(repr=False)
    entity: SecretText = field(repr=False)

    def hidden_in(self, text: str) -> str:
        """Return a text without these tokens, should somebody have quoted them."""
        return text.replace(self.auth, "<token>").replace(self.entity, "<token>")


def tokens_of(entity: str) -> Tokens:
    """Return both tokens.

    Raises:
        KeyError: one is not set.
        Undecipherable, ImproperlyConfigured: one is stored, and FIELD_KEYS do not open it.
    """
    stored = dict(PushToken.objects.filter(entity__in=(AUTH, entity)).values_list("entity", "token"))
    return Tokens(stored[AUTH], stored[entity])


def fault_of(token: str) -> str:
    """Return what speaks against a text as a token, empty where nothing does."""
    if not token:
        return "A token is not empty."
    if len(token) > LONGEST or not token.isascii() or not token.isprintable() or " " in token:
        return f"A token has up to {LONGEST} ASCII characters, and no spaces."
    return ""


@transaction.atomic
def set_token(entity: str, token: str) -> PushToken:
    """Keep a token, in place of an earlier one, and try again what was refused for that."""
    stored, _ = PushToken.objects.defer("token").update_or_create(
        entity=entity, defaults={"token": token, "set_at": Now()}
    )
    gate.resume(*([entity] if entity else schemas()))
    return stored


def missing_for(entity: str) -> list[str]:
    """Return the names of the tokens that an entity lacks to be pushed."""
    found = set(PushToken.objects.filter(entity__in=(AUTH, entity)).values_list("entity", flat=True))
    return [str(PushToken(entity=name)) for name in (AUTH, entity) if name not in found]
