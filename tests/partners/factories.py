"""Rows of partners, as they stand in the database."""

from __future__ import annotations

from partners.companies import obtain_company
from partners.models import Campaign, Change, Deal, Partner


def make_partner(number: int) -> Partner:
    company = obtain_company(f"Company {number}")[0]
    return Partner.objects.create(company=company, name=f"Partner {number}", type=["publisher"], status="active")


def make_deal(number: int) -> Deal:
    named = {"partner": make_partner(number), "name": f"Deal {number}"}
    return Deal.objects.create(**named, base_price=1, clickthrough=True, effective_status="active")


def make_campaign(number: int) -> Campaign:
    return Campaign.objects.create(deal=make_deal(number), name=f"Campaign {number}", effective_status="active")


def make_change(number: int) -> Change:
    told = {"subject": "partner", "subject_id": str(number), "action": "updated", "who": "x", "before": {}, "after": {}}
    return Change.objects.create(partner=make_partner(number), **told)
