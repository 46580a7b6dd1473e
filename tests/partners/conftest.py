from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from connector.edge.models import Scope
from connector.edge.tokens import issue
from partners.companies import obtain_company
from tests.partners.hood import Hood

MANY = 10**6


@pytest.fixture(autouse=True)
def _unlimited(settings: Any) -> None:
    """Have no test meet the rate limits but those that are about them."""
    settings.CONNECTOR_RATE_BURST = settings.CONNECTOR_RATE_STEADY = MANY


def company(name: str) -> Hood:
    found, member = obtain_company(name)
    token = issue(client_name=f"program of {name}", scope=Scope.HOOD, tenant=str(found.pk))[1]
    return Hood(token, found, member, Client())


@pytest.fixture
def hood(db: None) -> Hood:
    return company("Acme")


@pytest.fixture
def other(hood: Hood) -> Hood:
    """The program of another company."""
    return company("Other")


@pytest.fixture
def partner(hood: Hood) -> dict[str, Any]:
    return hood.create("partner", name="Partner")


@pytest.fixture
def deal(hood: Hood, partner: dict[str, Any]) -> dict[str, Any]:
    return hood.create("deal", partner_id=partner["id"])


@pytest.fixture
def campaign(hood: Hood, deal: dict[str, Any]) -> dict[str, Any]:
    return hood.create("campaign", deal_id=deal["id"])
