"""Entity tokens: how a request names the entity it means (contract section 2, "Data layout")."""

from __future__ import annotations

import secrets

from django.conf import settings

from connector.edge.kept import kept
from entities.models import EntityToken
from entities.schema import schemas

CACHE_SECONDS = 5


def new_token(entity: str) -> str:
    return f"{settings.CONNECTOR_SOURCE}-{entity}-{secrets.token_hex(16)}"


@kept(CACHE_SECONDS)
def entity_tokens() -> dict[str, str]:
    """Return the token of every entity by name; the missing ones are made. A rotation is seen within 5 seconds."""
    known = stored_tokens()
    missing = schemas().keys() - known.keys()
    if missing:
        tokens = [EntityToken(entity=name, token=new_token(name)) for name in sorted(missing)]
        EntityToken.objects.bulk_create(tokens, ignore_conflicts=True)
        known = stored_tokens()
    return known


def stored_tokens() -> dict[str, str]:
    rows = EntityToken.objects.filter(entity__in=schemas()).values_list("entity", "token")
    return dict(rows)


def rotate(entity: str) -> str:
    """Give an entity a new token and return it; the old one is refused within 5 seconds everywhere."""
    token = new_token(entity)
    EntityToken.objects.update_or_create(entity=entity, defaults={"token": token})
    forget_tokens()
    return token


def forget_tokens() -> None:
    """Drop what this process remembers of entity tokens."""
    entity_tokens.forget()
