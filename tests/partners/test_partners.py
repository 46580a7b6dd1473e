"""Partners: what is created, seen and changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from partners.models import Partner
from tests.partners.hood import TIME, Hood, faults, message
from tests.partners.statements import statements

pytestmark = pytest.mark.django_db
Row = dict[str, Any]

PUBLISHED = json.loads((Path(__file__).parent / "examples" / "update.request.json").read_bytes())
TERMS = PUBLISHED["payment_terms"]
ADDRESS = PUBLISHED["billing_address"]
NEVER = "2020-01-01 00:00:00"


def path(partner: Row) -> str:
    return f"/partners/{partner['id']}"


def test_create_answers_the_partner_as_it_is_read(hood: Hood) -> None:
    created = hood.create("partner", name="Partner")
    assert created == hood.item(path(created))


def test_created_partner_has_every_field(hood: Hood) -> None:
    created = hood.create("partner", name="Partner")
    assert created.pop("id").isdigit()
    assert TIME.fullmatch(created.pop("create_time"))
    assert TIME.fullmatch(created.pop("update_time"))
    assert created == {
        "company_id": str(hood.company.pk),
        "manager_ids": [str(hood.member.pk)],
        "managers": [{"id": str(hood.member.pk), "name": "Acme", "email": "", "status": "active"}],
        "name": "Partner",
        "description": None,
        "type": ["publisher"],
        "status": "active",
        "archived": False,
        "system": False,
        "payment_terms": None,
        "billing_address": None,
        "contact": None,
    }


def test_create_keeps_the_name_as_it_was_sent(hood: Hood) -> None:
    assert hood.create("partner", name="  Größe <b> ")["name"] == "  Größe <b> "


def test_managers_keep_the_order_in_which_they_were_sent(hood: Hood) -> None:
    sent = [str(hood.company.members.create(name=name).pk) for name in "abc"][::-1]
    assert hood.create("partner", name="A", manager_ids=sent)["manager_ids"] == sent


def test_published_sample_changes_what_it_says_and_nothing_else(hood: Hood) -> None:
    call_command("create_company", "Acme", "--member-id", "1000220")
    before = hood.create("partner", name="Partner")
    hood.change(path(before), **PUBLISHED)
    after = hood.item(path(before))
    assert {name: after[name] for name in PUBLISHED} == PUBLISHED
    untouched = set(before) - set(PUBLISHED) - {"managers", "update_time"}
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}


def test_published_sample_is_refused_as_the_text_that_was_published(hood: Hood, partner: Row) -> None:
    answer = hood.send("PATCH", path(partner), json.dumps(json.dumps(PUBLISHED)).encode())
    assert message(answer) == "The request body is not valid."
    assert faults(answer) == {"body": "not_an_object"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Other"),
        ("description", "Text"),
        ("status", "suspended"),
        ("payment_terms", TERMS),
        ("billing_address", ADDRESS),
        ("contact", PUBLISHED["contact"]),
    ],
)
def test_change_of_one_field_leaves_all_others(hood: Hood, partner: Row, field: str, value: Any) -> None:
    hood.change(path(partner), **{field: value})
    changed = hood.item(path(partner))
    assert changed == {**partner, field: value, "update_time": changed["update_time"]}


@pytest.mark.parametrize("field", ["description", "payment_terms", "billing_address", "contact"])
def test_null_clears(hood: Hood, partner: Row, field: str) -> None:
    hood.change(path(partner), **{name: PUBLISHED[name] for name in PUBLISHED if name != "manager_ids"})
    hood.change(path(partner), **{field: None})
    assert hood.item(path(partner))[field] is None


@pytest.mark.parametrize("field", ["name", "status", "manager_ids"])
def test_null_is_refused_where_a_partner_needs_a_value(hood: Hood, partner: Row, field: str) -> None:
    assert faults(hood.patch(path(partner), **{field: None})) == {field: "null"}


def test_part_of_a_group_is_enough_when_the_rest_is_stored(hood: Hood, partner: Row) -> None:
    hood.change(path(partner), payment_terms=TERMS)
    hood.change(path(partner), payment_terms={"net_terms": "net30"})
    assert hood.item(path(partner))["payment_terms"] == {**TERMS, "net_terms": "net30"}


def test_part_of_a_group_is_refused_when_the_rest_is_missing(hood: Hood, partner: Row) -> None:
    answer = hood.patch(path(partner), payment_terms={"net_terms": "net30"}, billing_address={"city": "Bremen"})
    missing = ["payment_terms.payment_frequency", "payment_terms.payment_method", "payment_terms.currency_code"]
    missing += ["billing_address.street", "billing_address.post_code", "billing_address.country"]
    assert faults(answer) == dict.fromkeys(missing, "required")
    assert hood.item(path(partner)) == partner


def test_part_of_a_whole_group_cannot_be_cleared(hood: Hood, partner: Row) -> None:
    hood.change(path(partner), billing_address=ADDRESS)
    assert faults(hood.patch(path(partner), billing_address={"city": None})) == {"billing_address.city": "required"}


def test_all_parts_of_a_group_may_be_cleared_one_by_one(hood: Hood, partner: Row) -> None:
    hood.change(path(partner), billing_address=ADDRESS)
    hood.change(path(partner), billing_address=dict.fromkeys(ADDRESS))
    assert hood.item(path(partner))["billing_address"] is None


def test_postal_code_is_another_name_of_post_code(hood: Hood, partner: Row) -> None:
    sent = {**ADDRESS, "postal_code": "28195"}
    assert faults(hood.patch(path(partner), billing_address=sent)) == {"billing_address.postal_code": "repeated"}
    del sent["post_code"]
    hood.change(path(partner), billing_address=sent)
    assert hood.item(path(partner))["billing_address"] == {**ADDRESS, "post_code": "28195"}


def test_part_of_the_contact_leaves_the_rest(hood: Hood, partner: Row) -> None:
    hood.change(path(partner), contact={"phone": "1", "skype": "a"})
    hood.change(path(partner), contact={"skype": None, "email": "b"})
    held = {"email": "b", "mobile": None, "phone": "1", "sip": None, "skype": None, "website": None}
    assert hood.item(path(partner))["contact"] == held


def test_change_needs_something_to_change(hood: Hood, partner: Row) -> None:
    assert faults(hood.patch(path(partner))) == {"body": "nothing_sent"}
    for group in ("contact", "payment_terms", "billing_address"):
        assert faults(hood.patch(path(partner), **{group: {}})) == {"body": "nothing_sent"}


def test_empty_group_changes_nothing_beside_other_fields(hood: Hood, partner: Row) -> None:
    hood.change(path(partner), payment_terms={}, description="Changed")
    changed = hood.item(path(partner))
    assert changed == {**partner, "description": "Changed", "update_time": changed["update_time"]}


def test_change_names_what_is_not_updatable_with_every_other_fault(hood: Hood, partner: Row) -> None:
    answer = hood.patch(path(partner), type=["advertiser"], id="7", colour="red", status="odd", name="")
    expected = {"type": "not_updatable", "id": "read_only", "colour": "unknown_field", "status": "not_a_choice"}
    assert faults(answer) == {**expected, "name": "blank"}
    assert hood.item(path(partner)) == partner


@pytest.mark.parametrize("field", ["id", "company_id", "archived", "system", "create_time", "update_time", "managers"])
def test_read_only_field_is_refused(hood: Hood, partner: Row, field: str) -> None:
    assert faults(hood.patch(path(partner), **{field: partner[field]})) == {field: "read_only"}


def test_create_needs_its_required_fields(hood: Hood) -> None:
    required = ["manager_ids", "name", "type", "status"]
    assert faults(hood.send("POST", "/partners", {})) == dict.fromkeys(required, "required")


def test_create_tells_a_wrong_value_once(hood: Hood) -> None:
    sent = {"name": "A", "status": 1, "type": ["x", "y"], "payment_terms": {**TERMS, "net_terms": 1}}
    wrong = ["status", "type[0]", "type[1]", "payment_terms.net_terms"]
    expected = {**dict.fromkeys(wrong, "not_a_choice"), "manager_ids": "required"}
    assert faults(hood.send("POST", "/partners", sent)) == expected


def test_name_is_unique_in_its_company(hood: Hood, other: Hood, partner: Row) -> None:
    again = {**hood.sample("partner"), "name": partner["name"], "status": "odd"}
    assert faults(hood.send("POST", "/partners", again)) == {"name": "taken", "status": "not_a_choice"}
    second = hood.create("partner", name="Second")
    assert faults(hood.patch(path(second), name=partner["name"])) == {"name": "taken"}
    hood.change(path(partner), name=partner["name"])
    assert other.create("partner", name=partner["name"])["name"] == partner["name"]


def test_manager_must_be_a_member_of_the_company(hood: Hood, other: Hood, partner: Row) -> None:
    ids = [str(hood.member.pk), str(other.member.pk), "999999999999999999"]
    expected = {"manager_ids[1]": "unknown_id", "manager_ids[2]": "unknown_id"}
    assert faults(hood.patch(path(partner), manager_ids=ids)) == expected


def test_change_that_changes_nothing_leaves_the_time(hood: Hood, partner: Row) -> None:
    Partner.objects.update(update_time=f"{NEVER}Z")
    hood.change(path(partner), name=partner["name"], manager_ids=partner["manager_ids"])
    assert hood.item(path(partner))["update_time"] == NEVER
    hood.change(path(partner), name="Other")
    assert hood.item(path(partner))["update_time"] > NEVER


@pytest.mark.parametrize("number", ["0", "999999", "abc", "-1", "9" * 30, "%00", "1.0", "²"])
def test_unknown_id_is_told(hood: Hood, number: str) -> None:
    answers = [hood.send("GET", f"/partners/{number}"), hood.patch(f"/partners/{number}", name="A")]
    assert {message(answer) for answer in answers} == {"Unknown partner id."}


def test_view_costs_the_same_statements_however_many_managers_there_are(hood: Hood, partner: Row) -> None:
    ids = [str(hood.company.members.create(name=f"{number}").pk) for number in range(10)]
    hood.change(path(partner), manager_ids=ids)
    with statements() as found:
        assert len(hood.item(path(partner))["managers"]) == 10
    assert len(found) == 3
