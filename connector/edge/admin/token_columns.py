"""What is told of a token, in lists, on pages and in tables beside others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from connector.edge.admin.pages import column
from connector.edge.admin.text import NOTHING, link, moment, table, tag
from connector.edge.models import Client, Token
from connector.edge.token_rotation import is_old

STATES = {"active": "green", "expired": "orange", "revoked": "grey"}


@column("state")
def state(token: Token) -> str:
    return tag(token.state, STATES[token.state])


@column("scope")
def scope(token: Token) -> str:
    return token.scope


@column("tenant")
def tenant(row: Any) -> str:
    return row.tenant_name or "all"


@column("created")
def created(row: Client | Token) -> str:
    return moment(row.created_at)


@column("expires")
def expires(token: Token) -> str:
    return moment(token.expires_at)


@column("revoked")
def revoked(token: Token) -> str:
    return moment(token.revoked_at)


@column("last used")
def last_used(token: Token) -> str:
    return moment(token.last_used_at)


@column("age")
def age(token: Token) -> SafeString:
    """Return a warning where a token is older than one should be."""
    if not is_old(token):
        return NOTHING
    return tag("old", "orange", f"It is older than {settings.CONNECTOR_TOKEN_DAYS} days: rotate it.")


def token_table(tokens: Iterable[Token], columns: Mapping[str, Callable[[Any], str]]) -> SafeString:
    """Return a table of tokens, each with its page behind its prefix, and these columns by their headers."""
    rows = [
        (
            link(reverse("admin:edge_token_change", args=[token.pk]), token.prefix),
            *(cell(token) for cell in columns.values()),
        )
        for token in tokens
    ]
    return table(("Token", *columns), rows)
