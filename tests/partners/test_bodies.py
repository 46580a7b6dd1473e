"""Bodies: which values each field takes, and how a wrong one is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.edge.errors import FAULTS_TOLD
from partners.fields.tables import PARTNER
from tests.partners.hood import Hood, faults

pytestmark = pytest.mark.django_db
Row = dict[str, Any]

WRONG = {
    "partner": [
        ("name", 1, "not_a_text"),
        ("name", " \t", "blank"),
        ("name", "a" * 256, "too_long"),
        ("name", [], "not_a_text"),
        ("description", {}, "not_a_text"),
        ("description", "a" * 2001, "too_long"),
        ("status", "Active", "not_a_choice"),
        ("status", ["active"], "not_a_choice"),
        ("manager_ids", "1", "not_a_list"),
        ("manager_ids", [], "not_a_list"),
        ("manager_ids[0]", [1], "not_an_id"),
        ("manager_ids[0]", ["x"], "not_an_id"),
        ("manager_ids[0]", ["1" * 19], "not_an_id"),
        ("manager_ids[0]", ["²"], "not_an_id"),
        ("manager_ids[0]", [None], "not_an_id"),
        ("manager_ids", ["1", "01"], "repeated"),
        ("manager_ids", [str(number) for number in range(101)], "too_many"),
        ("payment_terms", "monthly", "not_an_object"),
        ("payment_terms", [], "not_an_object"),
        ("payment_terms.rate", {"rate": 1}, "unknown_field"),
        ("contact.fax", {"fax": "1"}, "unknown_field"),
        ("contact.phone", {"phone": 1}, "not_a_text"),
        ("contact.phone", {"phone": "1" * 256}, "too_long"),
    ],
    "deal": [
        ("name", "a" * 101, "too_long"),
        ("base_price", 0, "out_of_range"),
        ("base_price", 0.009, "out_of_range"),
        ("base_price", 10000.01, "out_of_range"),
        ("base_price", "1.5", "not_a_number"),
        ("base_price", True, "not_a_number"),
        ("base_price", 1.2345678, "too_precise"),
        ("base_price", None, "null"),
        ("budget", -0.01, "out_of_range"),
        ("budget", 1_000_000.01, "out_of_range"),
        ("clickthrough", 1, "not_a_boolean"),
        ("clickthrough", "true", "not_a_boolean"),
        ("status", "suspended", "not_a_choice"),
        ("status", None, "null"),
        ("description", "a" * 2001, "too_long"),
        ("partner_id", "1", "not_updatable"),
        ("effective_status", "active", "read_only"),
        ("frequency_cap.per_unit", {"max_value": 1}, "required"),
        ("frequency_cap.per_unit", {"max_value": 1, "per_unit": "year"}, "not_a_choice"),
        ("frequency_cap.max_value", {"max_value": 0, "per_unit": "day"}, "out_of_range"),
        ("frequency_cap.max_value", {"max_value": 1.5, "per_unit": "day"}, "not_a_whole_number"),
        ("frequency_cap.max_value", {"max_value": True, "per_unit": "day"}, "not_a_whole_number"),
    ],
    "campaign": [
        ("name", None, "null"),
        ("name", "a" * 101, "too_long"),
        ("status", "pending", "not_a_choice"),
        ("deal_id", "1", "not_updatable"),
        ("effective_status", "active", "read_only"),
    ],
}
ROWS = [(noun, *case) for noun, cases in WRONG.items() for case in cases]
NAMES = [f"{noun}-{field}-{code}-{number}" for number, (noun, field, _, code) in enumerate(ROWS)]

FITTING = [
    ("partner", "name", "a" * 255),
    ("partner", "description", ""),
    ("partner", "description", "a" * 2000),
    ("partner", "contact", {"email": "", "mobile": None, "phone": None, "sip": None, "skype": None, "website": None}),
    ("partner", "billing_address", {"street": "1", "city": "2", "post_code": "3", "country": "de"}),
    ("partner", "billing_address", {"street": "1", "city": "2", "post_code": "3", "country": "dE"}),
    ("deal", "base_price", 0.01),
    ("deal", "base_price", 10000),
    ("deal", "base_price", 1.234567),
    ("deal", "budget", 0),
    ("deal", "budget", 1000000),
    ("deal", "frequency_cap", {"max_value": 3, "per_unit": "week"}),
    ("deal", "type", "any"),
    ("deal", "structure", "<script>"),
    ("deal", "clickthrough", False),
    ("campaign", "description", "'; DROP TABLE partners_partner; --"),
]


def row_of(noun: str, request: pytest.FixtureRequest) -> str:
    return f"/{noun}s/{request.getfixturevalue(noun)['id']}"


@pytest.mark.parametrize("case", ROWS, ids=NAMES)
def test_wrong_value_is_told_and_nothing_changes(
    hood: Hood, request: pytest.FixtureRequest, case: tuple[str, str, Any, str]
) -> None:
    noun, field, value, code = case
    path = row_of(noun, request)
    before = hood.item(path)
    sent = field.partition(".")[0].partition("[")[0]
    assert faults(hood.patch(path, **{sent: value})) == {field: code}
    assert hood.item(path) == before


@pytest.mark.parametrize(("noun", "field", "value"), FITTING)
def test_fitting_value_is_read_as_it_was_sent(
    hood: Hood, request: pytest.FixtureRequest, noun: str, field: str, value: Any
) -> None:
    path = row_of(noun, request)
    hood.change(path, **{field: value})
    assert hood.item(path)[field] == value


@pytest.mark.parametrize("country", ["XX", "DEU", "D", "", "\u017fS", "49", 49])
def test_country_must_be_one(hood: Hood, partner: Row, country: Any) -> None:
    address = {"street": "1", "city": "2", "post_code": "3", "country": country}
    assert faults(hood.patch(f"/partners/{partner['id']}", billing_address=address)) == {
        "billing_address.country": "not_a_country"
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (b"", "Content-Length", "body_missing"),
        (b"{", "body", "invalid_json"),
        (b"[]", "body", "not_an_object"),
        (b"null", "body", "not_an_object"),
        (b'{"name": "\xff"}', "body", "invalid_encoding"),
        (b'{"name": "a", "name": "b"}', "name", "duplicate_key"),
        (b'{"contact": {"phone": "1", "phone": "2"}}', "contact.phone", "duplicate_key"),
        (b'{"name": "a\\u0000"}', "name", "invalid_character"),
        (b'{"name": "\\ud800"}', "name", "invalid_character"),
        (b'{"name": NaN}', "name", "invalid_number"),
        (b"[" * 40, "body", "too_deep"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_body_that_cannot_be_read_is_told(hood: Hood, partner: Row, body: bytes, field: str, code: str) -> None:
    assert faults(hood.send("PATCH", f"/partners/{partner['id']}", body)) == {field: code}


def test_fault_of_form_is_told_with_the_faults_of_values(hood: Hood, partner: Row) -> None:
    body = b'{"name": "a", "name": "b", "status": "odd", "colour": 1}'
    expected = {"name": "duplicate_key", "status": "not_a_choice", "colour": "unknown_field"}
    assert faults(hood.send("PATCH", f"/partners/{partner['id']}", body)) == expected


@pytest.mark.parametrize("group", [None, "contact"])
def test_faults_are_told_up_to_a_bound(hood: Hood, partner: Row, group: str | None) -> None:
    many = {f"field-{number}": 1 for number in range(5000)}
    body = json.dumps({group: many} if group else many).encode()
    assert len(faults(hood.send("PATCH", f"/partners/{partner['id']}", body))) == 1000


def test_exact_number_is_read_as_it_was_sent(hood: Hood, partner: Row) -> None:
    deal = hood.create("deal", partner_id=partner["id"], base_price=0.1)
    assert b'"base_price":0.1,' in hood.send("GET", f"/deals/{deal['id']}").content
    hood.change(f"/deals/{deal['id']}", budget=1000000)
    assert b'"budget":1000000,' in hood.send("GET", f"/deals/{deal['id']}").content


def test_nobody_goes_on_looking_for_faults_beyond_the_bound() -> None:
    many = json.dumps({"contact": {f"field-{number}": 1 for number in range(5000)}}).encode()
    assert len(PARTNER.of_change(many).faults) == FAULTS_TOLD + 1
