"""Whose data a token opens: the room that keeps the data says what a tenant is, and a token holds its id as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models.expressions import Combinable

from connector.edge.models import Scope


@dataclass(frozen=True)
class Tenants:
    """The tenants of a scope: what one is called, and how it is found."""

    noun: str  # As an option of `issue_token` and as people read it: "company".
    obtain: Callable[[str], str]  # Return the id of the tenant of a name, made when it is new.
    name: Callable[[], Combinable]  # Return an SQL expression: the name of the tenant in the column `tenant`.


_tenants: dict[Scope, Tenants] = {}


def register_tenants(scope: Scope, tenants: Tenants) -> None:
    _tenants[scope] = tenants


def tenants_of(scope: Scope) -> Tenants | None:
    return _tenants.get(scope)


def all_tenants() -> dict[Scope, Tenants]:
    return dict(_tenants)
