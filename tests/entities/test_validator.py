"""What a body as a whole may look like, and how its faults are told."""

from __future__ import annotations

import json
import time

import pytest

from entities.entity import OnUnknown
from entities.schema.fields import FieldSchema
from entities.schema.readers import Number, Text
from entities.schema.validator import Validator
from tests.entities.everything import SCHEMA, encoded, fault_codes, read

POLICIES = {policy: Validator(SCHEMA.name, SCHEMA.fields, policy) for policy in OnUnknown}
UNKNOWN = {"code": "k", "odd": 1.5, "group": {"odd": [1]}, "lines": [{"sku": "a", "odd": {"deep": True}}]}
UNKNOWN_PATHS = ["odd", "group.odd", "lines[0].odd"]


def test_faults_are_told_all_at_once_and_in_order() -> None:
    body = {"code": 1, "number": "x", "group": {"text": 1}, "lines": [{"sku": "a"}, {"qty": "x"}], "flag": 3}
    assert list(fault_codes(body).items()) == [
        ("code", "invalid_text"),
        ("number", "invalid_number"),
        ("group.text", "invalid_text"),
        ("lines[1].sku", "required"),
        ("lines[1].qty", "invalid_number"),
        ("flag", "invalid_boolean"),
    ]


def test_fault_tells_place_rule_and_what_came() -> None:
    (fault,) = read({"code": "k", "group": {"number": "x" * 200}}).faults
    assert fault.treekey == "everything.group.number"
    assert fault.message == "number must be a number, such as 12.5."
    assert fault.received == "x" * 100


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"spelled": 1}, "spelled must be true, false, Yes or No."),
        ({"flag": 1}, "flag must be true or false."),
        ({"chosen": "x"}, "chosen must be one of new, used."),
        ({"german_day": "x"}, "german_day must be a date in the form %d.%m.%Y."),
        ({"text": "abcdef"}, "text may have at most 5 characters; it has 6."),
        ({"number": 0.00001}, "number may have at most 4 decimals; it has 5."),
        ({"settled": 1}, "settled must be a text in quotes."),
        ({"lines": [{}]}, "sku is required."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_message_states_the_rule(body: dict[str, object], message: str) -> None:
    assert [fault.message for fault in read(body).faults] == [message]


def test_unknown_fields_are_named_when_ignored() -> None:
    reading = POLICIES[OnUnknown.IGNORE].read(encoded(UNKNOWN))
    assert (reading.ignored, reading.extra, reading.faults) == (UNKNOWN_PATHS, {}, [])


def test_unknown_fields_are_faults_when_rejected() -> None:
    reading = POLICIES[OnUnknown.REJECT].read(encoded(UNKNOWN))
    assert [(fault.treekey, fault.code) for fault in reading.faults] == [
        (f"everything.{path}", "unknown_field") for path in UNKNOWN_PATHS
    ]


def test_unknown_fields_are_extra_when_kept() -> None:
    reading = POLICIES[OnUnknown.KEEP].read(encoded(UNKNOWN))
    assert (list(reading.extra), reading.ignored, reading.faults) == (UNKNOWN_PATHS, [], [])


def test_list_of_objects_stores_no_unknown_member() -> None:
    assert "odd" not in read(UNKNOWN).values["lines"]


def test_group_reads_only_the_members_that_came() -> None:
    assert read({"group": {"inner": {"flag": True}}}).values == {"group_inner_flag": True}


def test_field_may_have_the_name_of_another_fields_column() -> None:
    fields = [
        FieldSchema("a", "odd.a", "number", Number(decimals=0), column="b"),
        FieldSchema("b", "odd.b", "text", Text(), column="c"),
        FieldSchema("c", "odd.c", "number", Number(decimals=0), column="a"),
    ]
    for raw in (b'{"a": 1, "b": "x", "c": 3}', b'{"c": 3, "odd": null, "b": "x", "a": 1}'):
        assert Validator("odd", fields, OnUnknown.IGNORE).read(raw).values == {"b": 1, "c": "x", "a": 3}


def test_null_clears_every_column_of_a_group() -> None:
    assert read({"group": None}).values == {"group_text": None, "group_number": None, "group_inner_flag": None}


BROKEN = [
    (" ", "invalid_json"),
    ("{", "invalid_json"),
    ('{"code": "k",}', "invalid_json"),
    ('{"code": "k"} {}', "invalid_json"),
    ("{'code': 'k'}", "invalid_json"),
    ('{"code": "k", "number": 01}', "invalid_json"),
    ('{"code": "a\nb"}', "invalid_json"),
    ("[]", "not_an_object"),
    ("null", "not_an_object"),
    ('"code"', "not_an_object"),
    ("1", "not_an_object"),
    ("NaN", "not_an_object"),
    ("\ufeff{}", "byte_order_mark"),
    ('{"x": ' + "[" * 32 + "]" * 32 + "}", "too_deep"),
]


@pytest.mark.parametrize(
    ("text", "code"), BROKEN, ids=[text[:12].encode("unicode_escape").decode() for text, _ in BROKEN]
)
def test_body_that_is_no_json_object_is_one_fault(text: str, code: str) -> None:
    reading = read(text.encode())
    assert [(fault.treekey, fault.code) for fault in reading.faults][:1] == [("everything", code)]
    assert reading.is_unreadable


def test_empty_body_is_one_fault_of_its_length() -> None:
    reading = read(b"")
    assert [(fault.treekey, fault.code) for fault in reading.faults] == [("Content-Length", "body_missing")]
    assert reading.is_unreadable


def test_body_that_is_not_utf8_is_one_fault() -> None:
    assert [fault.code for fault in read(b'{"code": "\xff"}').faults] == ["invalid_encoding"]


def test_body_may_be_nested_to_the_limit_and_in_texts_beyond_it() -> None:
    assert fault_codes(('{"x": ' + "[" * 31 + "]" * 31 + "}").encode()) == {}
    assert fault_codes(encoded({"long_text": "[" * 1000 + '"' + "{" * 1000})) == {}


FORMS = [
    ('{"code": "a", "code": "b"}', {"code": "duplicate_key"}),
    ('{"group": {"text": "a", "text": "b"}}', {"group.text": "duplicate_key"}),
    ('{"lines": [{"sku": "a"}, {"sku": "a", "sku": "b"}]}', {"lines[1].sku": "duplicate_key"}),
    ('{"odd": {"a": 1, "a": 2}}', {"odd.a": "duplicate_key"}),
    ('{"c\\u006fde": "a", "code": "b"}', {"code": "duplicate_key"}),
    (r'{"text": "a\u0000"}', {"text": "invalid_character"}),
    (r'{"long_text": "\\u0000", "text": "\u0000"}', {"text": "invalid_character"}),
    (r'{"text": "\ud800"}', {"text": "invalid_character"}),
    (r'{"text": "\udc00a"}', {"text": "invalid_character"}),
    (r'{"texts": ["a", "\ud83d"]}', {"texts[1]": "invalid_character"}),
    (r'{"text": "abcde\u0000"}', {"text": "invalid_character"}),
    (r'{"lines": [{"sku": "\ud800"}]}', {"lines[0].sku": "invalid_character"}),
    ('{"lines": [{"sku": "a", "qty": NaN}]}', {"lines[0].qty": "invalid_number"}),
    (r'{"odd": ["\u0000"]}', {"odd[0]": "invalid_character"}),
    ('{"number": NaN}', {"number": "invalid_number"}),
    ('{"text": NaN}', {"text": "invalid_number"}),
    ('{"odd": Infinity}', {"odd": "invalid_number"}),
    ('{"odd": {"a": -Infinity}}', {"odd.a": "invalid_number"}),
    ('{"odd": 1e400}', {"odd": "invalid_number"}),
    ('{"huge": ' + "1" * 5000 + "}", {"huge": "invalid_number"}),
    ('{"huge": 1.' + "0" * 5000 + "}", {"huge": "invalid_number"}),
    ('{"number": "' + "1" * 5000 + '"}', {"number": "invalid_number"}),
    ('{"odd": ' + "1" * 5000 + "}", {"odd": "invalid_number"}),
]


@pytest.mark.parametrize(("text", "codes"), FORMS, ids=[text[:40] for text, _ in FORMS])
def test_what_json_allows_and_the_contract_does_not_is_a_fault(text: str, codes: dict[str, str]) -> None:
    assert fault_codes(text.encode()) == codes


def test_null_character_that_is_spelled_out_is_a_text() -> None:
    assert read(rb'{"long_text": "\\u0000"}').values == {"long_text": r"\u0000"}


LARGE = {
    "unknown_keys": {f"key{number}": number for number in range(100_000)},
    "list_of_texts": {"texts": ["abcde"] * 100_000},
    "faults": {"numbers": ["x"] * 100_000},
    "objects": {"lines": [{"sku": "a", "qty": 1}] * 30_000},
    "long_text": {"long_text": "x" * 1_000_000},
    "colons": {"long_text": '":' * 300_000},
    "quotes": {"long_text": '"' * 500_000},
    "backslashes": {"long_text": "\\" * 500_000},
}


@pytest.mark.parametrize("name", LARGE)
def test_large_body_is_read_in_reasonable_time(name: str) -> None:
    raw = json.dumps(LARGE[name]).encode()
    started = time.process_time()
    read(raw)
    assert time.process_time() - started < 4


def test_megabyte_of_brackets_is_refused_in_reasonable_time() -> None:
    started = time.process_time()
    assert fault_codes(b'{"odd": ' + b"[" * 1_000_000) == {"everything": "too_deep"}
    assert time.process_time() - started < 4
