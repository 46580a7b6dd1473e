"""The trail: one row for each change, with who made it and what was before and after."""

from __future__ import annotations

from typing import Any

import pytest

from partners.models import Change
from tests.partners.hood import Hood

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


def newest() -> Change:
    return Change.objects.order_by("-pk")[0]


def test_change_is_kept_with_who_made_it(hood: Hood, partner: Row) -> None:
    answer = hood.patch(f"/partners/{partner['id']}", name="Other", description=None)
    change = newest()
    assert (change.subject, change.subject_id, change.action) == ("partner", partner["id"], "updated")
    assert (change.before, change.after) == ({"name": "Partner"}, {"name": "Other"})
    assert (change.who, change.trace_id) == ("client program of Acme", answer["X-Request-Id"])


def test_change_of_managers_is_kept(hood: Hood, partner: Row) -> None:
    second = hood.company.members.create(name="Second").pk
    hood.change(f"/partners/{partner['id']}", manager_ids=[str(second)])
    assert (newest().before, newest().after) == ({"manager_ids": [hood.member.pk]}, {"manager_ids": [second]})


def test_change_of_a_status_tells_how_much_followed(hood: Hood, partner: Row, campaign: Row) -> None:
    hood.create("deal", partner_id=partner["id"], status="inactive")
    hood.change(f"/partners/{partner['id']}", status="inactive")
    assert newest().touched == {"deals": 1, "campaigns": 1}


def test_exact_numbers_are_kept(hood: Hood, deal: Row) -> None:
    hood.change(f"/deals/{deal['id']}", base_price=2.25)
    assert newest().after == {"base_price": "2.25"}


@pytest.mark.parametrize(
    ("noun", "subjects"),
    [("partner", ["partner"]), ("deal", ["partner", "deal"]), ("campaign", ["partner", "deal", "campaign"])],
)
def test_creation_is_kept(
    hood: Hood, partner: Row, request: pytest.FixtureRequest, noun: str, subjects: list[str]
) -> None:
    request.getfixturevalue(noun)
    trail = Change.objects.filter(partner=partner["id"]).order_by("pk")
    assert [(change.subject, change.action) for change in trail] == [(subject, "created") for subject in subjects]


def test_archiving_is_kept_once(hood: Hood, deal: Row) -> None:
    path = f"/deals/{deal['id']}"
    hood.archive(path)
    hood.archive(path)
    assert list(Change.objects.filter(action="archived").values_list("subject", "after")) == [
        ("deal", {"archived": True})
    ]


def test_contacts_are_kept(hood: Hood, partner: Row) -> None:
    contact = hood.create_contact(partner)
    hood.change(f"/partners/{partner['id']}/contacts/{contact['id']}", value="new")
    assert (newest().subject, newest().subject_id) == ("contact", contact["id"])
    assert (newest().before, newest().after) == ({"value": "a@example.com"}, {"value": "new"})


def test_nothing_is_kept_of_what_changes_nothing(hood: Hood, partner: Row) -> None:
    before = Change.objects.count()
    hood.change(f"/partners/{partner['id']}", name=partner["name"])
    hood.patch(f"/partners/{partner['id']}", name="")
    assert Change.objects.count() == before
