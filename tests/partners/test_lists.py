"""The grammar of lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from partners.models import Partner
from tests.partners.hood import Hood, faults, message
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db
Row = dict[str, Any]

DEFAULT_VIEW = ["id", "company_id", "manager_ids", "managers", "name", "type", "status", "system"]
TIMES = ["create_time", "update_time"]
TERMS = {"payment_frequency": "monthly", "payment_method": "card", "net_terms": "net30", "currency_code": "usd"}


@pytest.fixture
def three(hood: Hood) -> None:
    """Partners a, b and c, created on the first, second and third of January."""
    second = hood.company.members.create(name="Second")
    hood.create("partner", name="a", status="pending", type=["advertiser"], payment_terms=TERMS)
    hood.create("partner", name="b", type=["advertiser", "publisher"], manager_ids=[str(second.pk)])
    hood.create("partner", name="c", status="inactive", payment_terms={**TERMS, "net_terms": "net90"})
    for day, name in enumerate("abc", start=1):
        Partner.objects.filter(name=name).update(
            create_time=f"2026-01-0{day} 12:00:00Z", update_time="2026-01-04 12:00:00Z"
        )


def names(hood: Hood, query: str) -> str:
    return "".join(item["name"] for item in hood.items(f"/partners?{query}"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=pending", "a"),
        ("status=eq:pending", "a"),
        ("status=neq:pending", "bc"),
        ("status=in:pending,inactive", "ac"),
        ("status=nin:pending,inactive", "b"),
        ("status=is:", "abc"),
        ("status=isn:", ""),
        ("status=in:pending,active&type=publisher", "b"),
        ("status=neq:pending&status=neq:active", "c"),
        ("type=advertiser", "ab"),
        ("type=neq:advertiser", "c"),
        ("type=in:advertiser,publisher", "abc"),
        ("type=nin:publisher", "a"),
        ("net_terms=net30", "a"),
        ("net_terms=neq:net30", "bc"),
        ("net_terms=is:", "ac"),
        ("net_terms=isn:", "b"),
        ("payment_frequency=monthly", "ac"),
        ("payment_method=nin:card", "b"),
        ("currency=usd", "ac"),
        ("archived=true", ""),
        ("archived=false", "abc"),
        ("create_time=2026-01-02 12:00:00", "b"),
        ("create_time=gt:2026-01-02 12:00:00", "c"),
        ("create_time=gte:2026-01-02 12:00:00", "bc"),
        ("create_time=lt:2026-01-02", "a"),
        ("create_time=lte:2026-01-02 12:00:00", "ab"),
        ("create_time=r:2026-01-01 12:00:00,2026-01-03 12:00:00", "abc"),
        ("create_time=rf:2026-01-01 12:00:00,2026-01-03 12:00:00", "ab"),
        ("create_time=rl:2026-01-01 12:00:00,2026-01-03 12:00:00", "bc"),
        ("create_time=rr:2026-01-01 12:00:00,2026-01-03 12:00:00", "b"),
        ("create_time=r:2026-01-03,2026-01-01", ""),
        ("sort=-name", "cba"),
        ("sort=name", "abc"),
        ("sort=-create_time", "cba"),
        ("sort=update_time,-name", "cba"),
        ("page=1,2", "ab"),
        ("page=2,2", "c"),
        ("page=3,2", ""),
        ("page=999999999,100", ""),
        ("q=B", "b"),
        ("q=%25", ""),
        ("q=_", ""),
        ("q=c&q_fields=name", "c"),
        ("q=", "abc"),
        ("id=0", ""),
        ("managers=0", ""),
        ("managers=isn:", ""),
        ("managers=is:", "abc"),
    ],
)
@pytest.mark.usefixtures("three")
def test_list_has_what_is_asked_for(hood: Hood, query: str, expected: str) -> None:
    order = "" if "sort" in query else "&sort=create_time"
    assert names(hood, f"{quote(query, safe='=&,:%')}{order}") == expected


@pytest.mark.usefixtures("three")
def test_list_is_filtered_by_numbers(hood: Hood) -> None:
    a, b, c = hood.ids("/partners?sort=name")
    queries = {f"id={b}": [b], f"id=in:{a},{c}": [a, c], f"id=gt:{a}": [b, c], f"id=rf:{a},{c}": [a, b]}
    assert {query: hood.ids(f"/partners?{query}") for query in queries} == queries


@pytest.mark.usefixtures("three")
def test_list_is_filtered_by_managers(hood: Hood) -> None:
    second = hood.company.members.get(name="Second").pk
    assert names(hood, f"managers={second}") == "b"
    assert names(hood, f"managers=neq:{second}") == "ac"
    assert names(hood, f"managers=in:{second},{hood.member.pk}") == "abc"


@pytest.mark.usefixtures("three")
def test_total_counts_all_pages(hood: Hood) -> None:
    found = hood.get("/partners?page=2,1")
    assert (found["total"], len(found["items"])) == (3, 1)


def test_pages_have_twenty_rows(hood: Hood) -> None:
    partners = Partner.objects.bulk_create(
        Partner(company=hood.company, name=str(number), type=["publisher"], status="active") for number in range(21)
    )
    assert hood.ids("/partners") == [str(partner.pk) for partner in partners[:20]]
    assert hood.ids("/partners?page=2") == [str(partners[20].pk)]
    assert len(hood.ids("/partners?page=1,100")) == 21


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [*DEFAULT_VIEW, *TIMES]),
        ("view=default", [*DEFAULT_VIEW, *TIMES]),
        ("fields=name,id", ["id", "name"]),
        ("view=full&fields=contact", ["contact"]),
    ],
)
def test_list_shows_what_is_asked_for(hood: Hood, partner: Row, query: str, shown: list[str]) -> None:
    assert list(hood.items(f"/partners?{query}")[0]) == shown


def test_full_view_shows_every_field(hood: Hood, partner: Row) -> None:
    assert hood.items("/partners?view=full") == [partner]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("colour=red", {"colour": "unknown_field"}),
        ("name=a", {"name": "unknown_field"}),
        ("status=like:a", {"status": "unknown_operator"}),
        ("status=gt:active", {"status": "unknown_operator"}),
        ("status=EQ:active", {"status": "unknown_operator"}),
        ("status=odd", {"status": "not_a_choice"}),
        ("status=", {"status": "not_a_choice"}),
        ("status=in:active,odd", {"status": "not_a_choice"}),
        ("status=is:active", {"status": "not_empty"}),
        ("type=r:advertiser,publisher", {"type": "unknown_operator"}),
        ("archived=yes", {"archived": "not_a_boolean"}),
        ("id=x", {"id": "not_an_id"}),
        ("id=in:", {"id": "not_an_id"}),
        (f"id=in:{','.join('1' * 101)}", {"id": "too_many"}),
        ("managers=%00", {"managers": "not_an_id"}),
        ("create_time=yesterday", {"create_time": "not_a_time"}),
        ("create_time=2026-13-01", {"create_time": "not_a_time"}),
        ("create_time=r:2026-01-01", {"create_time": "not_a_range"}),
        ("create_time=r:2026-01-01,2026-01-02,2026-01-03", {"create_time": "not_a_range"}),
        ("sort=status", {"sort": "unknown_field"}),
        ("sort=", {"sort": "unknown_field"}),
        ("page=0", {"page": "not_a_page"}),
        ("page=-1", {"page": "not_a_page"}),
        ("page=x", {"page": "not_a_page"}),
        ("page=1,101", {"page": "not_a_page"}),
        ("page=1,0", {"page": "not_a_page"}),
        ("page=1000000000", {"page": "not_a_page"}),
        ("page=1&page=2", {"page": "repeated"}),
        ("view=some", {"view": "unknown_view"}),
        ("fields=id,colour", {"fields": "unknown_field"}),
        ("q=a%00", {"q": "invalid_character"}),
        ("q=a&q_fields=description", {"q_fields": "unknown_field"}),
        ("%00=1", {"\ufffd": "unknown_field"}),
    ],
    ids=lambda value: str(value)[:24],
)
def test_wrong_question_is_told(hood: Hood, query: str, expected: dict[str, str]) -> None:
    answer = hood.send("GET", f"/partners?{query}")
    assert message(answer) == "The request is not valid."
    assert faults(answer) == expected


def test_every_fault_of_a_question_is_told(hood: Hood) -> None:
    answer = hood.send("GET", "/partners?colour=red&status=odd&id=like:1&sort=odd&page=0&view=x&fields=y&q_fields=z")
    assert set(faults(answer)) == {"colour", "status", "id", "sort", "page", "view", "fields", "q_fields"}


def test_deals_and_campaigns_are_listed_by_the_same_grammar(hood: Hood, deal: Row, campaign: Row) -> None:
    hood.change(f"/deals/{deal['id']}", status="inactive")
    assert hood.ids(f"/deals?partner_id={deal['partner_id']}&status=inactive&q=dea&sort=-name") == [deal["id"]]
    assert hood.ids(f"/campaigns?deal_id={deal['id']}&effective_status=inactive") == [campaign["id"]]
    assert hood.ids("/campaigns?status=inactive") == []
    assert list(hood.items("/campaigns?fields=id")[0]) == ["id"]


@pytest.mark.parametrize(("noun", "expected"), [("partner", 4), ("deal", 2), ("campaign", 2)])
def test_list_costs_the_same_statements_however_many_rows_it_shows(
    hood: Hood, deal: Row, noun: str, expected: int
) -> None:
    for number in range(5):
        hood.create(
            noun,
            **{
                "partner": {"name": f"{number}"},
                "deal": {"partner_id": deal["partner_id"]},
                "campaign": {"deal_id": deal["id"]},
            }[noun],
        )
    with statements() as found:
        assert len(hood.items(f"/{noun}s")) >= 5
    assert len(found) == expected


def test_list_does_not_fetch_managers_that_it_does_not_show(hood: Hood, partner: Row) -> None:
    with statements() as found:
        hood.items("/partners?fields=id,name")
    assert len(found) == 2
