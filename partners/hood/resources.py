"""The nouns that are created, listed, viewed, changed and archived alike: partners, deals and campaigns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from partners import archiving, creating, updating
from partners.errors import UnknownId
from partners.fields import tables
from partners.fields.form import Form
from partners.hood import listings
from partners.hood.grammar.listing import Listing
from partners.locked import digits
from partners.models import Campaign, Deal, Partner


@dataclass(frozen=True)
class Resource:
    """A noun, what its bodies may say, what its reads show, and what is done to it."""

    noun: str
    form: Form
    listing: Listing
    rows: Callable[[int], QuerySet[Any]]  # Those of a company: no view sees any others.
    create: Callable[..., Any]
    update: Callable[..., Any]
    archive: Callable[..., Any]

    def row(self, company_id: int, number: str) -> Any:
        """Return a row of the company.

        Raises:
            UnknownId
        """
        found = self.rows(company_id).filter(pk=digits(number)).first()
        if found is None:
            raise UnknownId(self.noun)
        return found


PARTNERS = Resource(
    "partner",
    tables.PARTNER,
    listings.PARTNERS,
    Partner.objects.of_company,
    creating.create_partner,
    updating.update_partner,
    archiving.archive_partner,
)
DEALS = Resource(
    "deal",
    tables.DEAL,
    listings.DEALS,
    Deal.objects.of_company,
    creating.create_deal,
    updating.update_deal,
    archiving.archive_deal,
)
CAMPAIGNS = Resource(
    "campaign",
    tables.CAMPAIGN,
    listings.CAMPAIGNS,
    Campaign.objects.of_company,
    creating.create_campaign,
    updating.update_campaign,
    archiving.archive_campaign,
)
