"""Whose data a token opens: the room that keeps the data says what a tenant is, and a token holds its id as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, QuerySet, TextField, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from connector.edge.models import Scope, Token
from connector.edge.tokens import issue


@dataclass(frozen=True)
class Tenants:
    """The tenants of a scope: what one is called, and how it is found."""

    noun: str  # As people read it, and the option of `issue_token`: "company".
    obtain: Callable[[str], str]  # The id of the one of a name, made when it is new; may raise ValidationError.
    name: Callable[[], Combinable]  # An SQL expression: the name of the one whose id is in the column `tenant`.


_tenants: dict[Scope, Tenants] = {}


def register_tenants(scope: Scope, tenants: Tenants) -> None:
    """Have tokens of a scope issued to these tenants; until then none is."""
    _tenants[scope] = tenants


def nouns() -> list[str]:
    """Return what the tenants of all scopes are called."""
    return sorted({tenants.noun for tenants in _tenants.values()})


def issuable_scopes() -> list[Scope]:
    return [scope for scope in Scope if scope in _tenants or not scope.has_tenant]


@transaction.atomic
def issue_to(
    *, client_name: str, scope: Scope, tenant_name: str = "", expires_at: datetime | None = None
) -> tuple[Token, str]:
    """Issue a token as `issue` does, to the tenant of a name where the scope has tenants.

    Raises:
        ValidationError: the name is missing, wrong, or one too many; the client has a quota that would hold nowhere.
    """
    tenant = tenant_id(scope, tenant_name.strip())
    token, text = issue(client_name=client_name, scope=scope, tenant=tenant, expires_at=expires_at)
    token.client.clean()
    return token, text


def tenant_id(scope: Scope, name: str) -> str:
    if scope not in _tenants and name:
        raise ValidationError(f"A {scope} token opens no one's data alone: name no {' or '.join(nouns())}.")
    if scope not in _tenants:
        return ""
    if not name:
        raise ValidationError(f"A {scope} token opens the data of one {_tenants[scope].noun}: name it.")
    return _tenants[scope].obtain(name)


def with_tenant_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return rows that know their tenant's name, in the same query: its id where nobody knows it, "" where none is."""
    names = [When(scope=scope, then=Coalesce(tenants.name(), F("tenant"))) for scope, tenants in _tenants.items()]
    named: QuerySet[Any] = rows.annotate(tenant_name=Case(*names, default=F("tenant"), output_field=TextField()))
    return named
