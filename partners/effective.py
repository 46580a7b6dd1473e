"""What is in effect: the one rule by which a partner's status reaches its deals and their campaigns.

A deal is what its partner is, unless that is active; then it is what it is itself. So is a campaign under its deal.
`ruled` is the only place that says so, in SQL: a change ends with one UPDATE for the deals that it reaches and one for
the campaigns under each status that these deals now have, however many there are. No own status is written here, so
that what was inactive by itself stays so.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from partners.models import Campaign, Deal, Partner, Status
from partners.models.times import ThisSecond
from partners.patience import be_patient


class Touched(NamedTuple):
    """How many rows have another effective status than before."""

    deals: int = 0
    campaigns: int = 0


def ruled(upper: Any) -> Coalesce:
    """Return the status in effect under an upper one: the upper one, unless it is active; then the own."""
    return Coalesce(NullIf(upper, Value(Status.ACTIVE.value)), F("status"))


def under(status: str) -> Coalesce:
    """Return the status in effect under one that is known."""
    return ruled(Value(status, CharField()))


OF_PARTNER = ruled(Subquery(Partner.objects.filter(pk=OuterRef("partner_id")).values("status")))
OF_DEAL = ruled(Subquery(Deal.objects.filter(pk=OuterRef("deal_id")).values("effective_status")))


def settle(changed: Partner | Deal | Campaign) -> Touched:
    """Have what is in effect follow from a row that has changed or come, down to its campaigns.

    The caller holds the lock of the partner's row.
    """
    if isinstance(changed, Campaign):
        return Touched(campaigns=_follow(Campaign.objects.filter(pk=changed.pk), OF_DEAL))
    be_patient()
    deals = Deal.objects.filter(**{"partner" if isinstance(changed, Partner) else "pk": changed.pk})
    return Touched(_follow(deals, OF_PARTNER), _follow_deals(deals))


def _follow_deals(deals: QuerySet[Deal]) -> int:
    """Have campaigns follow their deals, those of the deals of one status at a time.

    To ask for the deal of each of 100,000 campaigns by itself took longer than to write them.
    """
    found = deals.order_by().values_list("effective_status", flat=True).distinct()
    return sum(_follow(Campaign.objects.filter(deal__in=deals.filter(effective_status=of)), under(of)) for of in found)


def _follow(rows: QuerySet[Any], due: Coalesce) -> int:
    return rows.exclude(effective_status=due).update(effective_status=due, update_time=ThisSecond())
