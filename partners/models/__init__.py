"""Partners of a company: whom it buys from and sells to, what they agreed on, and who looks after them."""

from __future__ import annotations

from partners.models.campaign import Campaign
from partners.models.change import Action, Change
from partners.models.company import Company
from partners.models.contact import Contact, ContactType
from partners.models.deal import Deal, TimeUnit
from partners.models.login import Login, Role
from partners.models.member import Member, MemberStatus
from partners.models.partner import (
    Currency,
    Management,
    NetTerms,
    Partner,
    PartnerType,
    PaymentFrequency,
    PaymentMethod,
)
from partners.models.status import OwnStatus, Status
from partners.models.touchpoint import Touchpoint

__all__ = [
    "Action",
    "Campaign",
    "Change",
    "Company",
    "Contact",
    "ContactType",
    "Currency",
    "Deal",
    "Login",
    "Management",
    "Member",
    "MemberStatus",
    "NetTerms",
    "OwnStatus",
    "Partner",
    "PartnerType",
    "PaymentFrequency",
    "PaymentMethod",
    "Role",
    "Status",
    "TimeUnit",
    "Touchpoint",
]
