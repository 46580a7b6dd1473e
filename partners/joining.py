"""What lets a partner call us: the partner itself, its login, and a touchpoint with a token."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from partners.audit import Actor
from partners.companies import obtain_company
from partners.creating import create_partner
from partners.fields.sent import Sent
from partners.models import Company, Login, Member, Partner, PartnerType, Status, Touchpoint
from partners.touchpoints import give_token

DEFAULT_COMPANY = "default"
LONGEST = {"name": 255, "principal": 150, "touchpoint": 100}
SHORTEST_PASSWORD, LONGEST_PASSWORD = 4, 100


@dataclass(frozen=True)
class Joining:
    """Who joins, of what company, signing in by what, over which touchpoint."""

    name: str
    principal: str
    password: str
    touchpoint: str
    company: str = DEFAULT_COMPANY

    def __repr__(self) -> str:
        return f"Joining({self.name!r})"

    def check(self) -> None:
        """Raise ValidationError with everything that is wrong."""
        faults = [
            f"The {what} must have 1 to {longest} printable characters."
            for what, longest in LONGEST.items()
            if not (1 <= len(text := getattr(self, what)) <= longest and text.strip() == text and text.isprintable())
        ]
        if ":" in self.principal:
            faults.append("The principal must have no colon: HTTP Basic ends it there.")
        if not SHORTEST_PASSWORD <= len(self.password) <= LONGEST_PASSWORD:
            faults.append(f"The password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
        if faults:
            raise ValidationError(faults)


@transaction.atomic
def join(joining: Joining, actor: Actor) -> tuple[Touchpoint, str]:
    """Make or find all of it, and return the touchpoint with a new token; an earlier token of it ends.

    Raises:
        ValidationError
    """
    joining.check()
    company, member = obtain_company(joining.company)
    partner = obtain_partner(company, member, joining.name, actor)
    obtain_login(partner, joining)
    return give_token(partner, joining.touchpoint)


def obtain_partner(company: Company, member: Member, name: str, actor: Actor) -> Partner:
    found = Partner.objects.of_company(company.pk).filter(name=name).first()
    if found is not None:
        return found
    values = {
        "manager_ids": [member.pk],
        "name": name,
        "type": [PartnerType.PUBLISHER.value],
        "status": Status.ACTIVE.value,
    }
    return create_partner(company_id=company.pk, sent=Sent(values), actor=actor)


def obtain_login(partner: Partner, joining: Joining) -> Login:
    """Return the login of a principal, made when it is new; it gets this password."""
    login = Login.objects.filter(principal=joining.principal).first() or Login(
        partner=partner, principal=joining.principal
    )
    if login.partner_id != partner.pk:
        raise ValidationError("The principal is that of another partner.")
    login.set_password(joining.password)
    login.save()
    return login
