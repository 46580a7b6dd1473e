"""The lists of the contract: what each shows, and what it may be filtered, sorted and searched by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, TextChoices
from django.http import HttpResponse, QueryDict

from partners.fields.readers import one_of
from partners.hood import shapes
from partners.hood.answers import items
from partners.hood.grammar.filters import Filter, ListFilter, ManagersFilter
from partners.hood.grammar.listing import Listing
from partners.hood.grammar.question import question
from partners.hood.grammar.values import boolean, moment, number_text
from partners.models import (
    ContactType,
    Currency,
    MemberStatus,
    NetTerms,
    OwnStatus,
    PartnerType,
    PaymentFrequency,
    PaymentMethod,
    Status,
)


def chosen(column: str, choices: type[TextChoices]) -> Filter:
    return Filter(column, one_of(choices))


COUNTED = {
    "id": Filter("pk", number_text, ordered=True),
    "create_time": Filter("create_time", moment, ordered=True),
    "update_time": Filter("update_time", moment, ordered=True),
}
OF_LIFE = {**COUNTED, "archived": Filter("archived", boolean)}
IN_EFFECT = {**OF_LIFE, "status": chosen("status", OwnStatus), "effective_status": chosen("effective_status", Status)}

PARTNERS = Listing(
    shapes.PARTNER,
    {
        **OF_LIFE,
        "managers": ManagersFilter("managements", number_text),
        "type": ListFilter("type", one_of(PartnerType)),
        "status": chosen("status", Status),
        "payment_frequency": chosen("payment_terms_payment_frequency", PaymentFrequency),
        "payment_method": chosen("payment_terms_payment_method", PaymentMethod),
        "net_terms": chosen("payment_terms_net_terms", NetTerms),
        "currency": chosen("payment_terms_currency_code", Currency),
    },
    default_view=(
        *("id", "company_id", "manager_ids", "managers", "name", "type", "status", "system"),
        *("create_time", "update_time"),
    ),
    related={"managements__member": ("manager_ids", "managers")},
)
DEALS = Listing(shapes.DEAL, {**IN_EFFECT, "partner_id": Filter("partner_id", number_text)})
CAMPAIGNS = Listing(shapes.CAMPAIGN, {**IN_EFFECT, "deal_id": Filter("deal_id", number_text)})
CONTACTS = Listing(
    shapes.CONTACT, {"type": chosen("type", ContactType)}, sortable=("create_time",), searched=("value",)
)
MEMBERS = Listing(
    shapes.MEMBER,
    {"id": COUNTED["id"], "status": chosen("status", MemberStatus)},
    sortable=("name",),
    order=("id",),
)


def listed(listing: Listing, rows: QuerySet[Any], asked: QueryDict) -> HttpResponse:
    """Answer a page of what is asked of a list, with the total of all pages.

    Raises:
        QueryRefused
    """
    wanted = question(listing, asked)
    found = wanted.of(rows)
    page = listing.fetched(wanted.page_of(found), wanted.names)
    return items(found.order_by().count(), [shapes.shown(listing.shape, row, wanted.names) for row in page])


def single(listing: Listing, row: Any) -> HttpResponse:
    """Answer one row as a list of one."""
    return items(1, [listing.whole(row)])
