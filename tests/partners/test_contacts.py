"""Further contacts of a partner, and the members that may manage one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.partners.hood import Hood, faults, message

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


@pytest.fixture
def path(partner: Row) -> str:
    return f"/partners/{partner['id']}/contacts"


def test_contact_is_answered_as_it_is_listed(hood: Hood, partner: Row, path: str) -> None:
    created = hood.create_contact(partner, type="phone", value="+1 555")
    assert created == {"id": str(UUID(created["id"])), "type": "phone", "value": "+1 555"}
    assert hood.get(path) == {"total": 1, "items": [created]}


def test_contact_changes_by_what_is_sent(hood: Hood, partner: Row, path: str) -> None:
    created, other = hood.create_contact(partner), hood.create_contact(partner, value="other")
    hood.change(f"{path}/{created['id']}", value="changed")
    assert hood.items(f"{path}?sort=create_time") == sorted(
        [{**created, "value": "changed"}, other], key=lambda row: row["id"]
    )


def test_contacts_and_the_partners_own_contact_are_apart(hood: Hood, partner: Row, path: str) -> None:
    hood.create_contact(partner, type="email", value="row")
    assert hood.item(f"/partners/{partner['id']}") == partner
    hood.change(f"/partners/{partner['id']}", contact={"email": "own"})
    assert [row["value"] for row in hood.items(path)] == ["row"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, {"type": "required", "value": "required"}),
        ({"type": "fax", "value": ""}, {"type": "not_a_choice", "value": "blank"}),
        ({"type": "email", "value": "a", "id": "1"}, {"id": "read_only"}),
    ],
    ids=["nothing", "wrong", "read-only"],
)
def test_wrong_contact_is_told(hood: Hood, path: str, sent: Row, expected: dict[str, str]) -> None:
    assert faults(hood.send("POST", path, sent)) == expected


@pytest.mark.parametrize("number", ["1", "x", "00000000-0000-4000-8000-000000000000"])
def test_unknown_contact_is_told(hood: Hood, path: str, number: str) -> None:
    assert message(hood.patch(f"{path}/{number}", value="a")) == "Unknown contact id."


def test_contact_of_another_partner_is_unknown(hood: Hood, partner: Row, path: str) -> None:
    elsewhere = hood.create_contact(hood.create("partner", name="Second"))
    assert message(hood.patch(f"{path}/{elsewhere['id']}", value="a")) == "Unknown contact id."


def test_members_are_those_of_the_company(hood: Hood, other: Hood) -> None:
    leaver = hood.company.members.create(name="Lee", email="lee@example.com", status="inactive")
    first = {"id": str(hood.member.pk), "name": "Acme", "email": "", "status": "active"}
    second = {"id": str(leaver.pk), "name": "Lee", "email": "lee@example.com", "status": "inactive"}
    assert hood.get("/members") == {"total": 2, "items": [first, second]}
    assert hood.items("/members?status=inactive") == [second]
    assert hood.items("/members?q=le") == [second]
