"""The JSON Schema of an entity against its validator, on bodies that nobody thought of."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from connector.edge.errors import Fault
from connector.edge.headers import is_printable
from connector.edge.json_types import PRINTABLE_TEXT
from entities import reading
from entities.schema import EntitySchema, schemas
from entities.schema.json_schema import create_schema, item_schema, update_schema
from sync.delivery.command import judge
from sync.delivery.write import Write
from sync.models.delivery import Method
from tests.conftest import example as published
from tests.ecma import EcmaValidator
from tests.entities.everything import ALL as EVERY
from tests.entities.everything import KEY, SCHEMA, stored
from tests.entities.test_two_ways import objects, written

# What JSON Schema has no words for, or the document tells in words.
UNSAID = {
    "too_precise",
    "invalid_date",
    "invalid_time",
    "invalid_datetime",
    "invalid_url",
    "invalid_email",
    "invalid_character",
    "invalid_choice",  # of a number
    "invalid_currency",  # as of any validator of an entity's own
    "in_the_future",
    "out_of_range",  # of a number that came as a text
}
ALL = {"everything": SCHEMA, **schemas()}
BEYOND = re.compile(rb"[eE][+-]?[0-9]{3}|NaN|Infinity")  # Numbers that no program keeps.
MANY, FEW = 300, 40


def faults(schema: EntitySchema, body: bytes, method: Method) -> list[Fault]:
    found: list[Fault] = []
    judge(Write(client_id=1, entity=schema.name, method=method, body=body), schema, None, found)
    return found


def bodies(schema: EntitySchema) -> st.SearchStrategy[bytes]:
    """Return bodies that are right most of the time; the key is among them, but for now and then."""
    named = st.integers(0, 19).map(lambda die: () if die == 0 else ((schema.key.field.name, KEY),))
    others = tuple(field for field in schema.fields if not field.primary_key)
    members = objects(others)
    if schema.key.composite is not None:
        named = st.just(())
    return st.builds(lambda first, rest: written((*first, *rest)).encode(), named, members)


def agree(schema: EntitySchema, rules: dict[str, Any], method: Method, body: bytes) -> None:
    """Hold that both take a body or neither does, but for what cannot be said."""
    found = [
        fault for fault in faults(schema, body, method) if fault.treekey != schema.name
    ]  # A rule over several fields.
    payload, codes = json.loads(body), {fault.code for fault in found}
    assume(not BEYOND.search(body))
    assume("duplicate_key" not in codes)  # Of which JSON Schema sees the last alone.
    said = [error.message for error in EcmaValidator(rules).iter_errors(payload)]
    if not codes:
        assert said == []
    if not said:
        assert codes <= UNSAID, (codes, body)


@pytest.mark.parametrize("name", list(ALL))
def test_schema_of_a_create_takes_what_the_validator_takes(name: str) -> None:
    schema, rules = ALL[name], create_schema(ALL[name])

    @settings(max_examples=MANY if schema is SCHEMA else FEW, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bodies(schema))
    @example(b'{"code": "k", "number": "1.5"}')
    @example(b'{"code": "k", "number": "0001.50000"}')
    @example(b'{"code": "k", "number": 12345678901}')
    @example(b'{"code": "k", "german_day": "1.2.2026"}')
    @example(b'{"code": "k", "spelled": "Yes", "flag": ""}')
    @example(b'{"code": "k", "group": "", "lines": [{"sku": "a", "size": null}]}')
    @example(b'{"code": " "}')
    @example(b"{}")
    def holds(body: bytes) -> None:
        agree(schema, rules, Method.POST, body)

    holds()


def test_schema_of_an_update_takes_what_the_validator_takes() -> None:
    rules = update_schema(SCHEMA)

    @settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
    @given(objects(tuple(field for field in SCHEMA.fields if not field.primary_key)))
    @example((("slug", '"a\\n"'),))
    def holds(members: Any) -> None:
        agree(SCHEMA, rules, Method.PUT, written((("code", KEY), *members)).encode())

    holds()


@pytest.mark.django_db
def test_what_is_served_fits_the_schema_of_an_item(everything: None) -> None:
    stored({"code": KEY, "number": 1.5, "spelled": "Yes", "german_day": "31.01.2026", "lines": [{"sku": "a"}]})
    stored({"code": "full", "flag": True, "moment": "2026-01-31T10:00:00Z", "clock": "10:00", "huge": 1})
    items = [json.loads(item) for item in reading.items_in(SCHEMA, EVERY)]
    assert [list(Draft202012Validator(item_schema(SCHEMA)).iter_errors(item)) for item in items] == [[], []]


@pytest.mark.parametrize(("name", "shape"), [("create", create_schema), ("update", update_schema)])
def test_published_example_fits_the_schema(name: str, shape: Any) -> None:
    Draft202012Validator(shape(schemas()["product"])).validate(json.loads(published(f"{name}.request")))


def test_visible_texts_are_those_of_headers() -> None:
    pattern = Draft202012Validator({"pattern": PRINTABLE_TEXT})
    odd = [chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]
    assert [text for text in odd if pattern.is_valid(f"a{text}b")] == []
    usual = "".join(chr(code) for code in range(0x10000) if is_printable(chr(code)))
    assert pattern.is_valid(usual)
