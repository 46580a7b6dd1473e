"""Changes of partners, contacts, deals and campaigns: what is sent and nothing else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from partners import locked
from partners.audit import Actor, Difference, Subject, record
from partners.effective import Touched, settle
from partners.fields.form import Form
from partners.fields.sent import Sent
from partners.fields.tables import CAMPAIGN, CONTACT, DEAL, PARTNER
from partners.models import Action, Contact, Partner
from partners.models.times import ThisSecond
from partners.naming import own_faults, unique_name


@transaction.atomic
def update_partner(*, company_id: int, number: str, sent: Sent, actor: Actor) -> Touched:
    """Change a partner, and return what followed its status.

    Raises:
        UnknownId, Refused, BodyRefused
    """
    partner = locked.partner(company_id, number)
    locked.refuse_archived(partner)
    sent.add(own_faults(company_id, sent.values, partner))
    with unique_name():
        return _change(partner, PARTNER, sent, actor)


@transaction.atomic
def update_contact(*, company_id: int, partner: str, number: str, sent: Sent, actor: Actor) -> None:
    """Change a further contact of a partner.

    Raises:
        UnknownId, Refused, BodyRefused
    """
    owner = locked.partner(company_id, partner)
    contact = locked.contact(owner, number)
    locked.refuse_archived(owner)
    _change(contact, CONTACT, sent, actor)


@transaction.atomic
def update_deal(*, company_id: int, number: str, sent: Sent, actor: Actor) -> Touched:
    """Change a deal, and return what followed its status.

    Raises:
        UnknownId, Refused, BodyRefused
    """
    deal = locked.deal(company_id, number)
    locked.refuse_archived(deal)
    return _change(deal, DEAL, sent, actor)


@transaction.atomic
def update_campaign(*, company_id: int, number: str, sent: Sent, actor: Actor) -> Touched:
    """Change a campaign, and return what followed its status.

    Raises:
        UnknownId, Refused, BodyRefused
    """
    campaign = locked.campaign(company_id, number)
    locked.refuse_archived(campaign)
    return _change(campaign, CAMPAIGN, sent, actor)


def _change(row: Subject, form: Form, sent: Sent, actor: Actor) -> Touched:
    before = form.stored(row)
    sent.add(form.gaps({**before, **sent.values}))
    sent.check()
    after = {column: value for column, value in sent.values.items() if value != before[column]}
    if not after:
        return Touched()
    _store(row, dict(after))
    touched = settle(row) if "status" in after and not isinstance(row, Contact) else Touched()
    former = {column: before[column] for column in after}
    record(row, Action.UPDATED, actor, Difference(former, after, touched))
    return touched


def _store(row: Subject, columns: dict[str, Any]) -> None:
    managers = columns.pop("manager_ids", None)
    rows: QuerySet[Any] = type(row).objects.all()
    rows.filter(pk=row.pk).update(**columns, update_time=ThisSecond())
    if managers is not None and isinstance(row, Partner):
        row.set_managers(managers)
