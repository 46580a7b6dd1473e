"""Archiving: what is archived stands as it is, is listed only when asked for, and cannot be updated.

"Active" means in effect: a deal of an inactive partner is not active, nor is any campaign of it. To archive what is
archived changes nothing and is no fault: the first answer may have been lost.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from partners import locked
from partners.audit import Actor, Difference, record
from partners.effective import Touched
from partners.errors import Refused
from partners.models import Action, Campaign, Deal, Partner, Status
from partners.models.times import ThisSecond
from partners.patience import be_patient


@transaction.atomic
def archive_partner(*, company_id: int, number: str, actor: Actor) -> Touched:
    """Archive a partner with its deals that are not active, and those deals' campaigns.

    Raises:
        UnknownId
    """
    partner = locked.partner(company_id, number)
    idle = Deal.objects.filter(partner=partner, archived=False).exclude(effective_status=Status.ACTIVE)
    return _archive(partner, actor, campaigns=Campaign.objects.filter(deal__in=idle), deals=idle)


@transaction.atomic
def archive_deal(*, company_id: int, number: str, actor: Actor) -> Touched:
    """Archive a deal with its campaigns, none of which may be active.

    Raises:
        UnknownId, Refused
    """
    deal = locked.deal(company_id, number)
    if deal.campaigns.filter(archived=False, effective_status=Status.ACTIVE).exists():
        raise Refused("campaigns", "in_use", "The deal is used by an active campaign.")
    return _archive(deal, actor, campaigns=Campaign.objects.filter(deal=deal))


@transaction.atomic
def archive_campaign(*, company_id: int, number: str, actor: Actor) -> Touched:
    """Archive a campaign.

    Raises:
        UnknownId
    """
    return _archive(locked.campaign(company_id, number), actor)


def _archive(
    row: Partner | Deal | Campaign,
    actor: Actor,
    *,
    campaigns: QuerySet[Campaign] | None = None,
    deals: QuerySet[Deal] | None = None,
) -> Touched:
    if row.archived:
        return Touched()
    if campaigns is not None:
        be_patient()
    # The campaigns first: those of the deals are found by what the deals are before.
    touched = Touched(campaigns=_mark(campaigns), deals=_mark(deals))
    _mark(type(row).objects.filter(pk=row.pk))
    record(row, Action.ARCHIVED, actor, Difference({"archived": False}, {"archived": True}, touched))
    return touched


def _mark(rows: QuerySet[Any] | None) -> int:
    return rows.filter(archived=False).update(archived=True, update_time=ThisSecond()) if rows is not None else 0
