"""Partners, and rows of a company: one for each number, under a company of their own."""

from __future__ import annotations

from typing import Any

from partners.models import Campaign, Change, Company, Deal, Member, Partner


def make_company(number: int) -> Company:
    return Company.objects.get_or_create(name=f"company-{number}")[0]


def make_member(number: int) -> Member:
    return Member.objects.create(company=make_company(number), name=f"member-{number}")


def make_partner(name: str = "Partner", *, company: str = "default", **overrides: Any) -> Partner:
    """Return the partner of a name, made when it is new."""
    named = {"company": Company.objects.get_or_create(name=company)[0], "name": name}
    declared = {"type": ["publisher"], "status": "active", **overrides}
    return Partner.objects.get_or_create(**named, defaults=declared)[0]


def make_managed_partner(number: int) -> Partner:
    partner = make_partner(f"partner-{number}", company=f"company-{number}")
    partner.set_managers([make_member(number).pk])
    return partner


def make_deal(number: int) -> Deal:
    terms = {"base_price": 1, "clickthrough": True, "effective_status": "active"}
    return Deal.objects.create(partner=make_managed_partner(number), name=f"deal-{number}", **terms)


def make_campaign(number: int) -> Campaign:
    return Campaign.objects.create(deal=make_deal(number), name=f"campaign-{number}", effective_status="active")


def make_change(number: int) -> Change:
    deal = make_deal(number)
    what = {"subject": "deal", "subject_id": str(deal.pk), "action": "updated", "who": "client app"}
    return Change.objects.create(partner=deal.partner, before={"name": "a"}, after={"name": "b"}, **what)
