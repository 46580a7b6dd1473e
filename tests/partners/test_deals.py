"""Deals and campaigns: what is created, seen and changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.partners.hood import TIME, Hood, faults, message

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


def timeless(row: Row) -> Row:
    assert TIME.fullmatch(row["create_time"])
    assert TIME.fullmatch(row["update_time"])
    return {name: value for name, value in row.items() if name not in ("id", "create_time", "update_time")}


def test_deal_has_every_field(partner: Row, deal: Row) -> None:
    assert timeless(deal) == {
        "partner_id": partner["id"],
        "name": "Deal",
        "description": None,
        "base_price": 1.5,
        "budget": None,
        "clickthrough": True,
        "type": None,
        "structure": None,
        "frequency_cap": None,
        "status": "active",
        "effective_status": "active",
        "archived": False,
    }


def test_campaign_has_every_field(deal: Row, campaign: Row) -> None:
    assert timeless(campaign) == {
        "deal_id": deal["id"],
        "name": "Campaign",
        "description": None,
        "status": "active",
        "effective_status": "active",
        "archived": False,
    }


@pytest.mark.parametrize("noun", ["deal", "campaign"])
def test_created_row_is_answered_as_it_is_read(hood: Hood, request: pytest.FixtureRequest, noun: str) -> None:
    row = request.getfixturevalue(noun)
    assert hood.item(f"/{noun}s/{row['id']}") == row


def test_new_rows_start_with_what_is_in_effect(hood: Hood, partner: Row) -> None:
    hood.change(f"/partners/{partner['id']}", status="pending")
    deal = hood.create("deal", partner_id=partner["id"])
    campaign = hood.create("campaign", deal_id=deal["id"])
    assert (deal["effective_status"], campaign["effective_status"]) == ("pending", "pending")


def test_deal_set_inactive_makes_its_campaigns_inactive_in_effect(hood: Hood, deal: Row, campaign: Row) -> None:
    hood.change(f"/deals/{deal['id']}", status="inactive")
    changed = hood.item(f"/campaigns/{campaign['id']}")
    assert (changed["status"], changed["effective_status"]) == ("active", "inactive")


@pytest.mark.parametrize(("noun", "within"), [("deal", "partner_id"), ("campaign", "deal_id")])
@pytest.mark.parametrize("number", ["0", "999999", "999999999999999999"])
def test_unknown_upper_row_is_told_with_every_other_fault(hood: Hood, noun: str, within: str, number: str) -> None:
    answer = hood.send("POST", f"/{noun}s", {**hood.sample(noun), within: number, "colour": 1})
    assert faults(answer) == {within: "unknown_id", "colour": "unknown_field"}


@pytest.mark.parametrize(
    ("noun", "required"),
    [
        ("deal", ["partner_id", "name", "base_price", "clickthrough"]),
        ("campaign", ["deal_id", "name"]),
    ],
)
def test_create_needs_its_required_fields(hood: Hood, noun: str, required: list[str]) -> None:
    assert faults(hood.send("POST", f"/{noun}s", {})) == dict.fromkeys(required, "required")


@pytest.mark.parametrize("noun", ["deal", "campaign"])
def test_unknown_id_is_told(hood: Hood, noun: str) -> None:
    path = f"/{noun}s/999999"
    answers = [hood.send("GET", path), hood.patch(path, name="A"), hood.archive(path)]
    assert {message(answer) for answer in answers} == {f"Unknown {noun} id."}


def test_part_of_a_frequency_cap_is_enough_when_the_rest_is_stored(hood: Hood, deal: Row) -> None:
    path = f"/deals/{deal['id']}"
    hood.change(path, frequency_cap={"max_value": 3, "per_unit": "day"})
    hood.change(path, frequency_cap={"max_value": 5})
    assert hood.item(path)["frequency_cap"] == {"max_value": 5, "per_unit": "day"}
