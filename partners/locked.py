"""Rows that are to be changed, with the lock of the partner that they hang on.

Whoever changes a partner, or anything that hangs on it, locks the partner's row first and reads afterwards: nobody
waits for two locks, and what is in effect follows from rows that nobody else changes meanwhile.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partners.errors import Refused, UnknownId
from partners.models import Campaign, Contact, Deal, Partner

LONGEST_NUMBER = 18  # digits


def partner(company_id: int, number: str) -> Partner:
    """Return a partner that may be changed.

    Raises:
        UnknownId
    """
    return _partner(company_id, "partner", pk=digits(number))


def deal(company_id: int, number: str) -> Deal:
    _partner(company_id, "deal", deals=digits(number))
    return Deal.objects.get(pk=number)


def campaign(company_id: int, number: str) -> Campaign:
    _partner(company_id, "campaign", deals__campaigns=digits(number))
    return Campaign.objects.select_related("deal").get(pk=number)


def contact(owner: Partner, number: str) -> Contact:
    found = owner.contacts.filter(pk=number).first() if is_uuid(number) else None
    if found is None:
        raise UnknownId("contact")
    return found


def _partner(company_id: int, noun: str, **named: Any) -> Partner:
    found = Partner.objects.of_company(company_id).locked().filter(**named).first()
    if found is None:
        raise UnknownId(noun)
    return found


def refuse_archived(row: Partner | Deal | Campaign) -> None:
    if row.archived:
        raise Refused("archived", "archived", f"An archived {row._meta.model_name} cannot be updated.")


def digits(number: str) -> int:
    """Return the number that a text is; one that no row has where it is none."""
    return int(number) if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER else 0


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
