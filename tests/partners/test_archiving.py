"""Archiving: what goes with what, what is refused, and that the archived is hidden and stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.partners.hood import Hood, faults, message

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
NOUNS = ["partner", "deal", "campaign"]


def archive(hood: Hood, path: str) -> None:
    answer = hood.archive(path)
    assert (answer.status_code, answer.content) == (204, b"")


def archived(hood: Hood, noun: str) -> set[str]:
    return set(hood.ids(f"/{noun}s?archived=true"))


def refusal(sentence: str, field: str = "archived", code: str = "archived") -> Row:
    return {"field": field, "code": code, "message": sentence}


@pytest.mark.parametrize("noun", NOUNS)
def test_archived_row_is_hidden_from_lists_and_not_from_views(
    hood: Hood, campaign: Row, request: pytest.FixtureRequest, noun: str
) -> None:
    row = request.getfixturevalue(noun)
    if noun == "deal":
        archive(hood, f"/campaigns/{campaign['id']}")
    archive(hood, f"/{noun}s/{row['id']}")
    assert hood.ids(f"/{noun}s") == []
    assert hood.ids(f"/{noun}s?archived=true") == hood.ids(f"/{noun}s?archived=in:true,false") == [row["id"]]
    assert hood.item(f"/{noun}s/{row['id']}")["archived"]


@pytest.mark.parametrize("noun", NOUNS)
def test_archived_row_cannot_be_updated(hood: Hood, campaign: Row, request: pytest.FixtureRequest, noun: str) -> None:
    path = f"/{noun}s/{request.getfixturevalue(noun)['id']}"
    hood.change(f"/campaigns/{campaign['id']}", status="inactive")
    archive(hood, path)
    before = hood.item(path)
    answer = hood.patch(path, name="Other")
    assert message(answer) == "The request is not valid."
    assert answer.json()["errors"] == [refusal(f"An archived {noun} cannot be updated.")]
    assert hood.item(path) == before


@pytest.mark.parametrize("noun", NOUNS)
def test_archiving_again_changes_nothing(hood: Hood, campaign: Row, request: pytest.FixtureRequest, noun: str) -> None:
    path = f"/{noun}s/{request.getfixturevalue(noun)['id']}"
    hood.change(f"/campaigns/{campaign['id']}", status="inactive")
    archive(hood, path)
    before = hood.item(path)
    archive(hood, path)
    assert hood.item(path) == before


def test_partner_takes_its_deals_that_are_not_active_with_their_campaigns(hood: Hood, partner: Row) -> None:
    used = hood.create("deal", partner_id=partner["id"])
    idle = hood.create("deal", partner_id=partner["id"], status="inactive")
    hood.create("campaign", deal_id=used["id"], status="inactive")
    gone = [hood.create("campaign", deal_id=idle["id"], status=status)["id"] for status in ("active", "inactive")]
    archive(hood, f"/partners/{partner['id']}")
    assert (archived(hood, "deal"), archived(hood, "campaign")) == ({idle["id"]}, set(gone))


def test_partner_that_is_not_active_takes_all_of_its_deals(hood: Hood, partner: Row, deal: Row, campaign: Row) -> None:
    hood.change(f"/partners/{partner['id']}", status="terminated")
    archive(hood, f"/partners/{partner['id']}")
    assert (archived(hood, "deal"), archived(hood, "campaign")) == ({deal["id"]}, {campaign["id"]})


def test_partner_takes_nothing_of_another(hood: Hood, partner: Row) -> None:
    second = hood.create("partner", name="Second", status="inactive")
    hood.create("deal", partner_id=second["id"])
    archive(hood, f"/partners/{partner['id']}")
    assert archived(hood, "deal") == set()


def test_deal_is_kept_while_an_active_campaign_uses_it(hood: Hood, deal: Row, campaign: Row) -> None:
    answer = hood.archive(f"/deals/{deal['id']}")
    assert answer.json()["errors"] == [refusal("The deal is used by an active campaign.", "campaigns", "in_use")]
    assert archived(hood, "deal") == archived(hood, "campaign") == set()


def test_deal_takes_its_campaigns_when_none_is_active(hood: Hood, deal: Row, campaign: Row) -> None:
    hood.change(f"/deals/{deal['id']}", status="inactive")
    archive(hood, f"/deals/{deal['id']}")
    assert archived(hood, "campaign") == {campaign["id"]}


@pytest.mark.parametrize(("noun", "within"), [("deal", "partner"), ("campaign", "deal")])
def test_nothing_new_comes_under_what_is_archived(
    hood: Hood, request: pytest.FixtureRequest, noun: str, within: str
) -> None:
    upper = request.getfixturevalue(within)
    archive(hood, f"/{within}s/{upper['id']}")
    answer = hood.send("POST", f"/{noun}s", {**hood.sample(noun), f"{within}_id": upper["id"], "name": ""})
    assert faults(answer) == {f"{within}_id": "archived", "name": "blank"}


def test_contacts_of_an_archived_partner_stay_as_they_are(hood: Hood, partner: Row) -> None:
    path = f"/partners/{partner['id']}"
    contact = hood.create_contact(partner)
    archive(hood, path)
    refusals = [
        hood.patch(f"{path}/contacts/{contact['id']}", value="b"),
        hood.send("POST", f"{path}/contacts", {"type": "email", "value": "b"}),
    ]
    assert [faults(answer) for answer in refusals] == [{"archived": "archived"}] * 2
    assert hood.items(f"{path}/contacts") == [contact]
