from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Concat

from connector.edge import tenants
from connector.edge.models import Scope
from connector.edge.tenants import Tenants

KNOWN = {"Acme": "7", "Bcme": "8"}


def obtain(name: str) -> str:
    if name not in KNOWN:
        raise ValidationError(f"{name} cannot be a shop.")
    return KNOWN[name]


@pytest.fixture
def shops(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenants]:
    """Tenants of the scope hood that no room keeps: shop 7 is Acme."""
    kept = Tenants("shop", obtain, lambda: Concat(Value("shop "), F("tenant")))
    monkeypatch.setattr(tenants, "_tenants", {Scope.HOOD: kept})
    return kept
