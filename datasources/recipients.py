"""The addresses that are told of imports; the address is the key, compared without case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from datasources.errors import Refused, UnknownId
from datasources.models import Recipient
from partners.models import Partner

UNIQUE = "recipient_email_is_unique_of_its_partner"


class EmailAlreadyExists(Refused):
    def __init__(self) -> None:
        super().__init__("partnerEmail", "EmailAlreadyExists", "execution.partnerEmail: EmailAlreadyExists")


def add_recipient(partner: Partner, *, email: str, active: bool) -> Recipient:
    """Register an address; raise EmailAlreadyExists."""
    with unique_email():
        return partner.recipients.create(email=email, active=active)


def change_recipient(partner: Partner, current: str, *, email: str, active: bool) -> Recipient:
    """Change an address, or whether it is told; raise UnknownId, EmailAlreadyExists."""
    with unique_email():
        recipient = partner.recipients.select_for_update().filter(email__iexact=current.replace("\x00", "")).first()
        if recipient is None:
            raise UnknownId("partnerEmail", "e-mail")
        recipient.email, recipient.active = email, active
        recipient.save()
        return recipient


@contextmanager
def unique_email() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as exc:
        if getattr(getattr(exc.__cause__, "diag", None), "constraint_name", None) != UNIQUE:
            raise
        raise EmailAlreadyExists from exc
