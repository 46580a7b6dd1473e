"""New partners, contacts, deals and campaigns; each fault of a body is told with all the others."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction

from connector.edge.errors import Fault
from partners import locked
from partners.audit import Actor, Difference, record
from partners.effective import settle
from partners.errors import unknown
from partners.fields.sent import Sent
from partners.models import Action, Campaign, Contact, Deal, Partner
from partners.naming import own_faults, unique_name

Row = TypeVar("Row", Partner, Contact, Deal, Campaign)


@transaction.atomic
def create_partner(*, company_id: int, sent: Sent, actor: Actor) -> Partner:
    """Store a new partner.

    Raises:
        BodyRefused
    """
    sent.add(own_faults(company_id, sent.values))
    sent.check()
    columns = {name: value for name, value in sent.values.items() if name != "manager_ids"}
    with unique_name():
        partner = Partner.objects.create(company_id=company_id, **columns)
    partner.set_managers(sent.values["manager_ids"])
    return _recorded(partner, sent, actor)


@transaction.atomic
def create_contact(*, company_id: int, partner: str, sent: Sent, actor: Actor) -> Contact:
    """Store a further contact of a partner.

    Raises:
        UnknownId, Refused, BodyRefused
    """
    owner = locked.partner(company_id, partner)
    locked.refuse_archived(owner)
    sent.check()
    return _recorded(owner.contacts.create(**sent.values), sent, actor)


@transaction.atomic
def create_deal(*, company_id: int, sent: Sent, actor: Actor) -> Deal:
    """Store a new deal of a partner, with what is in effect for it.

    Raises:
        BodyRefused
    """
    partner = Partner.objects.of_company(company_id).locked().filter(pk=sent.values.get("partner_id", 0)).first()
    _judge_upper(partner, "partner", sent)
    deal = Deal.objects.create(**sent.values, effective_status=sent.values["status"])
    settle(deal)
    return _recorded(deal, sent, actor)


@transaction.atomic
def create_campaign(*, company_id: int, sent: Sent, actor: Actor) -> Campaign:
    """Store a new campaign of a deal, with what is in effect for it.

    Raises:
        BodyRefused
    """
    deal_id = sent.values.get("deal_id", 0)
    partner = Partner.objects.of_company(company_id).locked().filter(deals=deal_id).first()
    _judge_upper(Deal.objects.get(pk=deal_id) if partner else None, "deal", sent)
    campaign = Campaign.objects.create(**sent.values, effective_status=sent.values["status"])
    settle(campaign)
    return _recorded(campaign, sent, actor)


def _judge_upper(upper: Partner | Deal | None, noun: str, sent: Sent) -> None:
    """Refuse a body that names no partner or deal, or an archived one, with everything else that is wrong with it."""
    field = f"{noun}_id"
    if field in sent.values and upper is None:
        sent.add([unknown(field, noun)])
    elif upper is not None and upper.archived:
        sent.add([Fault(field, "archived", f"{field} names an archived {noun}.")])
    sent.check()


def _recorded(row: Row, sent: Sent, actor: Actor) -> Row:
    record(row, Action.CREATED, actor, Difference(after=sent.values))
    row.refresh_from_db()
    return row
