"""Companies and their members, as commands make them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast

from partners.models import Company, Member

NAME_LENGTH = 255
HIGHEST_NUMBER = 10**15  # Beyond it the numbers of new members would come near the end of their column.


@transaction.atomic
def obtain_company(name: str, *, member_id: int | None = None) -> tuple[Company, Member]:
    """Return the company of a name and a member of it, each made when it is new.

    Raises:
        ValidationError: the name is none, or the member's number is another company's.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise ValidationError(f"A company's name has 1 to {NAME_LENGTH} characters.")
    company, _ = Company.objects.get_or_create(name=name)
    first = company.members.order_by("pk").first()
    if member_id is None:
        return company, first or Member.objects.create(company=company, name=name)
    return company, numbered_member(company, member_id)


def numbered_member(company: Company, number: int) -> Member:
    """Return the member of a number, made when it is new; later ones get higher numbers.

    Raises:
        ValidationError
    """
    if not 1 <= number <= HIGHEST_NUMBER:
        raise ValidationError(f"A member's number is from 1 to {HIGHEST_NUMBER}.")
    member, is_new = Member.objects.get_or_create(pk=number, defaults={"company": company, "name": company.name})
    if member.company_id != company.pk:
        raise ValidationError(f"Member {number} is of another company.")
    if is_new:
        keep_numbers_rising()
    return member


def keep_numbers_rising() -> None:
    """Have the next member numbered above all that there are: PostgreSQL does not count a number that was given."""
    table = Member._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(sequence, GREATEST(nextval(sequence), (SELECT max(id) FROM partners_member)))"
            " FROM pg_get_serial_sequence(%s, 'id') AS sequence",
            [table],
        )


def company_for_token(name: str) -> str:
    """Return the id of the company of a name, as a token holds it; a new one gets a first member."""
    return str(obtain_company(name)[0].pk)


def company_name() -> Subquery:
    """Return, for a row with a column `tenant`, the name of the company that it is."""
    companies = Company.objects.annotate(tenant=Cast("pk", TextField())).filter(tenant=OuterRef("tenant"))
    return Subquery(companies.values("name"))
