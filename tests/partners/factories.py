"""Rows of a company, one for each number, under a company of their own."""

from __future__ import annotations

from partners.models import Campaign, Change, Company, Deal, Member, Partner


def make_company(number: int) -> Company:
    return Company.objects.get_or_create(name=f"company-{number}")[0]


def make_member(number: int) -> Member:
    return Member.objects.create(company=make_company(number), name=f"member-{number}")


def make_partner(number: int) -> Partner:
    partner = Partner.objects.create(
        company=make_company(number), name=f"partner-{number}", type=["publisher"], status="active"
    )
    partner.set_managers([make_member(number).pk])
    return partner


def make_deal(number: int) -> Deal:
    return Deal.objects.create(
        partner=make_partner(number), name=f"deal-{number}", base_price=1, clickthrough=True, effective_status="active"
    )


def make_campaign(number: int) -> Campaign:
    return Campaign.objects.create(deal=make_deal(number), name=f"campaign-{number}", effective_status="active")


def make_change(number: int) -> Change:
    deal = make_deal(number)
    what = {"subject": "deal", "subject_id": str(deal.pk), "action": "updated", "who": "client app"}
    return Change.objects.create(partner=deal.partner, before={"name": "a"}, after={"name": "b"}, **what)
