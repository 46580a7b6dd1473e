"""What a body says of a partner that only the database can judge: its name, and who manages it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError

from connector.edge.errors import Fault
from partners.errors import BodyRefused, unknown
from partners.models import Member, Partner

UNIQUE = "partner_name_is_unique_in_its_company"
TAKEN = Fault("name", "taken", "name is that of another partner already.")


def own_faults(company_id: int, values: Mapping[str, Any], partner: Partner | None = None) -> Iterator[Fault]:
    """Yield what is wrong with the managers and the name of a new partner, or of one that is changed."""
    managers = values.get("manager_ids", [])
    known = set(Member.objects.of_company(company_id).filter(pk__in=managers).values_list("pk", flat=True))
    for position, number in enumerate(managers):
        if number not in known:
            yield unknown(f"manager_ids[{position}]", "member")
    named = Partner.objects.of_company(company_id).filter(name=values.get("name"))
    if (named.exclude(pk=partner.pk) if partner else named).exists():
        yield TAKEN


@contextmanager
def unique_name() -> Iterator[None]:
    """Tell as a fault that somebody took the name at the same moment."""
    try:
        yield
    except IntegrityError as exc:
        diagnosis = getattr(exc.__cause__, "diag", None)
        if getattr(diagnosis, "constraint_name", None) != UNIQUE:
            raise
        raise BodyRefused(faults=[TAKEN]) from exc
