"""The addresses that are told of imports: the address is the key, compared without case."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from datasources.models import Recipient
from tests.datasources.parties import Party, faults

pytestmark = pytest.mark.django_db
PATH = "/partner/emails"
EXISTS = {"partnerEmail": "EmailAlreadyExists"}


def add(party: Party, email: str, *, active: bool = True) -> Any:
    return party.send("POST", PATH, {"email": email, "active": active})


def put(party: Party, current: str, email: str, *, active: bool = True) -> Any:
    return party.send("PUT", f"{PATH}?email={current}", {"email": email, "active": active})


def listed(party: Party) -> list[tuple[str, bool]]:
    return [(row["email"], row["active"]) for row in party.get(PATH)["partnerEmails"]]


def test_added_address_is_answered_and_listed(party: Party) -> None:
    answer = add(party, "a@example.com", active=False)
    assert (answer.status_code, answer.json()["partner_email"]) == (201, {"email": "a@example.com", "active": False})
    assert "context" in answer.json()
    assert party.get(PATH) == {"partnerEmails": [{"email": "a@example.com", "active": False}]}


def test_address_that_is_there_is_refused_whatever_its_case_and_activity(party: Party) -> None:
    add(party, "a@example.com")
    assert faults(add(party, "A@Example.com", active=False)) == EXISTS
    assert listed(party) == [("a@example.com", True)]


def test_two_partners_share_an_address(party: Party, other: Party) -> None:
    assert [add(each, "a@example.com").status_code for each in (party, other)] == [201, 201]


def test_put_keeps_the_address_and_changes_active(party: Party) -> None:
    add(party, "a@example.com")
    answer = put(party, "A@EXAMPLE.com", "A@example.com", active=False)
    assert (answer.status_code, answer.json()["partner_email"]) == (201, {"email": "A@example.com", "active": False})
    assert listed(party) == [("A@example.com", False)]


def test_put_to_another_address_of_the_partner_is_refused(party: Party) -> None:
    add(party, "a@example.com")
    add(party, "b@example.com")
    assert faults(put(party, "a@example.com", "B@example.com")) == EXISTS
    assert listed(party) == [("a@example.com", True), ("b@example.com", True)]


@pytest.mark.parametrize("current", ["", "none@example.com", "%00", "b@example.com"])
def test_put_of_an_unknown_address_is_invalid_id(party: Party, other: Party, current: str) -> None:
    add(other, "b@example.com")
    assert faults(put(party, current, "c@example.com")) == {"partnerEmail": "InvalidId"}


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, {"email": "Required", "active": "Required"}),
        ({"email": "none", "active": "yes"}, {"email": "InvalidMail", "active": "InvalidFormat"}),
        ({"email": "a@b@c.com", "active": None}, {"email": "InvalidMail", "active": "Required"}),
        ({"email": f"{'a' * 250}@example.com", "active": True}, {"email": "InvalidMail"}),
        ({"email": "a@example.com\nBcc: b@example.com", "active": True}, {"email": "InvalidMail"}),
        ({"email": 5, "active": True}, {"email": "InvalidMail"}),
        ({"email": " ", "active": True, "id": 1}, {"email": "Required", "id": "NotEditable"}),
    ],
    ids=["empty", "both", "two-ats", "long", "newline", "number", "blank"],
)
def test_every_fault_of_a_body_is_told(party: Party, method: str, body: dict[str, Any], codes: dict[str, str]) -> None:
    assert faults(party.send(method, f"{PATH}?email=a@example.com", body)) == codes
    assert not Recipient.objects.exists()


def test_list_costs_as_many_queries_whatever_its_length(
    party: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in "abc":
        add(party, f"{name}@example.com")
    with django_assert_num_queries(3):
        assert len(listed(party)) == 3
