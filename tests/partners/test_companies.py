"""Companies: nobody sees or changes what is another's, and how they come to be."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from connector.edge.tokens import caller_of
from partners.models import Campaign, Change, Company, Contact, Deal, Member, Partner
from tests.partners.hood import Hood

pytestmark = pytest.mark.django_db
Row = dict[str, Any]

FOREIGN = [
    ("GET", "/partners/{partner}", None),
    ("PATCH", "/partners/{partner}", {"name": "Mine"}),
    ("PATCH", "/partners/{partner}", {"name": ""}),
    ("POST", "/partners/{partner}/archive", None),
    ("GET", "/partners/{partner}/contacts", None),
    ("POST", "/partners/{partner}/contacts", {"type": "email", "value": "a"}),
    ("PATCH", "/partners/{partner}/contacts/{contact}", {"value": "a"}),
    ("PATCH", "/partners/{own}/contacts/{contact}", {"value": "a"}),
    ("PATCH", "/partners/{own}", {"manager_ids": ["{member}"]}),
    ("POST", "/partners", {"name": "Mine", "type": ["publisher"], "status": "active", "manager_ids": ["{member}"]}),
    ("GET", "/deals/{deal}", None),
    ("PATCH", "/deals/{deal}", {"name": "Mine"}),
    ("POST", "/deals/{deal}/archive", None),
    ("POST", "/deals", {"partner_id": "{partner}", "name": "Mine", "base_price": 1, "clickthrough": True}),
    ("GET", "/campaigns/{campaign}", None),
    ("PATCH", "/campaigns/{campaign}", {"name": "Mine"}),
    ("POST", "/campaigns/{campaign}/archive", None),
    ("POST", "/campaigns", {"deal_id": "{deal}", "name": "Mine"}),
]
UNKNOWN = dict.fromkeys(["partner", "deal", "campaign", "member"], "999999") | {
    "contact": "00000000-0000-4000-8000-000000000000"
}
MODELS = (Company, Member, Partner, Contact, Deal, Campaign, Change)


def filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled(member, ids) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member, ids) for member in value]
    return value.format(**ids) if isinstance(value, str) else value


def said(hood: Hood, method: str, path: str, body: Any, ids: dict[str, str]) -> tuple[int, dict[str, Any]]:
    answer = hood.send(method, filled(path, ids), filled(body, ids))
    return answer.status_code, {name: value for name, value in answer.json().items() if name != "trace_id"}


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


@pytest.fixture
def foreign(hood: Hood, partner: Row, deal: Row, campaign: Row) -> dict[str, str]:
    """Return the ids of another company's rows."""
    contact = hood.create_contact(partner)
    rows = {"partner": partner, "deal": deal, "campaign": campaign, "contact": contact}
    return {noun: row["id"] for noun, row in rows.items()} | {"member": str(hood.member.pk)}


@pytest.mark.parametrize("route", FOREIGN, ids=str)
def test_foreign_id_is_answered_as_an_unknown_one(
    other: Hood, foreign: dict[str, str], route: tuple[str, str, Any]
) -> None:
    own = {"own": other.create("partner", name="Own")["id"]}
    before = everything()
    answers = [said(other, *route, own | ids) for ids in (foreign, UNKNOWN)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert everything() == before


def test_lists_have_nothing_of_another_company(hood: Hood, other: Hood, campaign: Row) -> None:
    lists = [other.get(f"/{noun}?archived=in:true,false") for noun in ("partners", "deals", "campaigns")]
    assert lists == [{"total": 0, "items": []}] * 3
    assert other.ids("/members") == [str(other.member.pk)]


def test_filter_by_a_foreign_id_finds_nothing(hood: Hood, other: Hood, deal: Row, campaign: Row) -> None:
    queries = [f"/partners?managers={hood.member.pk}", f"/deals?partner_id={deal['partner_id']}"]
    assert [other.ids(query) for query in queries] == [[], []]


def run(*arguments: str) -> list[str]:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue().splitlines()


def test_create_company_makes_a_company_and_a_member_once() -> None:
    first, again = run("create_company", "Acme"), run("create_company", " Acme ")
    company, member = Company.objects.get(), Member.objects.get()
    assert first == again == [f"company {company.pk}: Acme", f"member {member.pk}: Acme"]


def test_create_company_gives_the_member_its_number() -> None:
    run("create_company", "Acme", "--member-id=1000220")
    assert Member.objects.get().pk == 1000220
    assert Member.objects.create(company=Company.objects.get(), name="Next").pk > 1000220


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Other", "--member-id=1000220"], "another company"),
        (["Other", "--member-id=0"], "from 1 to"),
        (["Other", "--member-id=9223372036854775807"], "from 1 to"),
        ([" "], "1 to 255 characters"),
        (["a" * 256], "1 to 255 characters"),
    ],
)
def test_create_company_refuses_and_makes_nothing(arguments: list[str], told: str) -> None:
    run("create_company", "Acme", "--member-id=1000220")
    with pytest.raises(CommandError, match=told):
        run("create_company", *arguments)
    assert (Company.objects.count(), Member.objects.count()) == (1, 1)


def test_token_of_a_company_is_issued_with_the_company() -> None:
    text = run("issue_token", "program", "--scope=hood", "--company=Acme")[-1]
    company = Company.objects.get()
    caller = caller_of(text)
    assert caller is not None
    assert caller.tenant == str(company.pk)
    assert company.members.count() == 1
