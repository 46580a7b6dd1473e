"""The JSON Schema of bodies of partners and data sources against the forms that read them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from datasources.api import forms
from partners.fields import tables
from partners.fields.form import Form
from partners.fields.json_schema import change_schema, create_schema
from tests.ecma import EcmaValidator

CHANGED = {
    "partner": tables.PARTNER,
    "contact": tables.CONTACT,
    "deal": tables.DEAL,
    "campaign": tables.CAMPAIGN,
}
FORMS = {
    **CHANGED,
    "signin": forms.SIGN_IN,
    "email": forms.EMAIL,
    "datasource": forms.DATA_SOURCE,
}
# What JSON Schema has no words for: decimals, ids that are the same with other zeros, and our own notations.
UNSAID = {"too_precise", "repeated", "InvalidMail", "mapping", "date_format", "not_a_whole_number"}
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        "",
        " ",
        "a",
        "1",
        "DE",
        "de",
        "2026-01-31",
        "a@example.com",
        "/a",
        "/a/../b",
        0,
        1,
        -2,
        1.5,
        True,
        [],
        ["1"],
        {},
    ]
)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values of which most fit a schema."""
    return st.integers(0, 14).flatmap(lambda die: ODD if die == 0 else fitting(schema))


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "anyOf" in schema:
        return st.one_of([fitting(way) for way in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([of_kind(kind, schema) for kind in kinds])


def of_kind(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 (a table)
    match kind:
        case "object":
            return objects(schema)
        case "array":
            return st.lists(values(schema["items"]), max_size=3)
        case "integer":
            return st.integers(schema.get("minimum", -9), min(schema.get("maximum", 9), 99))
        case "number":
            return st.integers(int(schema["minimum"]), 99) | st.just(0.5)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return st.sampled_from(["a", "Größe", "1", "17", "DE", "us", "a@example.com", "/in", "/in/..", "a\u200bb", " "])


def objects(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return objects with what is required, most of the time, and some of the rest."""
    members = {name: values(rule) for name, rule in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    first = st.fixed_dictionaries(
        {name: members[name] for name in required},
        optional={name: value for name, value in members.items() if name not in required},
    )
    dropped = st.sampled_from([*members, *[""] * 20]) if members else st.just("")
    extra = st.integers(0, 19).map(lambda die: {"odd": 1} if die == 0 else {})
    return st.builds(
        lambda body, name, more: {**{k: v for k, v in body.items() if k != name}, **more}, first, dropped, extra
    )


@pytest.mark.parametrize(
    ("noun", "shape"), [*((noun, create_schema) for noun in FORMS), *((noun, change_schema) for noun in CHANGED)]
)
def test_schema_of_a_body_takes_what_its_form_takes(noun: str, shape: Any) -> None:
    form, rules = FORMS[noun], shape(FORMS[noun])
    Draft202012Validator.check_schema(rules)

    @settings(max_examples=60, deadline=None)
    @given(objects(rules))
    def holds(body: dict[str, Any]) -> None:
        agree(form, rules, body, is_new=shape is create_schema)

    holds()


def agree(form: Form, rules: dict[str, Any], body: dict[str, Any], *, is_new: bool) -> None:
    """Hold that both take a body or neither does, but for what cannot be said."""
    raw = json.dumps(body).encode()
    codes = {fault.code for fault in (form.of_new(raw) if is_new else form.of_change(raw)).faults}
    said = [error.message for error in EcmaValidator(rules).iter_errors(body)]
    if not codes:
        assert said == [], body
    if not said:
        assert codes <= UNSAID, (codes, body)
