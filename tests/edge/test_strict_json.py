"""The thorough reader of JSON, beside the cases that `tests/contract/test_bad_json.py` sends over HTTP."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.edge.ordinary_json import DEPTH, NOT_ORDINARY, ordinary, too_deep
from connector.edge.strict_json import NotFinite, read_object, read_thoroughly

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=10)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
SCALARS = st.none() | st.booleans() | st.integers() | NUMBERS | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=15
)


def exact(value: Any) -> Any:
    """Return a value as the reader gives it: numbers with a point are exact decimals."""
    match value:
        case dict():
            return {key: exact(member) for key, member in value.items()}
        case list():
            return [exact(member) for member in value]
        case float():
            return Decimal(repr(value))
    return value


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_any_valid_object_is_read_as_it_is(value: dict[str, Any]) -> None:
    payload, faults = read_object(json.dumps(value).encode())
    assert faults == []
    assert payload == exact(value)


def agrees(raw: bytes) -> bool:
    """Tell whether the reader of ordinary JSON declines a body, or reads what the thorough one does, without a fault."""
    try:
        found = ordinary(raw)
    except NOT_ORDINARY:
        return True
    members, faults = read_thoroughly(raw, "")
    return (repr(found), []) == (repr(members), faults)


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"a"',
    '"b"',
    '"\\":"',
    '"\\u0000"',
    '"\\ud800"',
    "1",
    "-0",
    "1.50",
    "1e309",
    "9" * 310,
]


@given(st.dictionaries(TEXT, VALUES, max_size=3).map(json.dumps) | st.lists(st.sampled_from(PIECES)).map("".join))
@example('{"a": 1, "a": 2}')
@example('{"a": [{"b": 1, "b": 2}]}')
@example('{"a": "\\": ", "a": 2}')
@example('{"a": "\\u0000"}')
@example('{"a": "\\\\u0000"}')
@example('{"a": [' + "9" * 310 + "]}")
@example('{"a": 1e309}')
@example('{"a": 1.' + "0" * 1000 + "}")
@example('{"a": ' + "[" * DEPTH + "]" * DEPTH + "}")
@example("[]")
def test_ordinary_way_declines_or_agrees_with_the_thorough_one(text: str) -> None:
    assert agrees(text.encode())


@given(st.binary(max_size=60) | st.text('{}[]",:\\01ue ', max_size=60).map(str.encode))
def test_any_bytes_are_an_object_or_have_a_fault(raw: bytes) -> None:
    payload, faults = read_object(raw)
    assert (payload is None) <= bool(faults)


@given(st.lists(st.sampled_from(["{", "[", "}", "]", '"', "\\", "x", '\\"']), max_size=120).map("".join))
def test_depth_is_counted_outside_of_texts(text: str) -> None:
    depth, deepest, in_text, escaped = 0, 0, False, False
    for char in text:
        if in_text:
            in_text, escaped = (escaped or char != '"', char == "\\" and not escaped)
        elif char == '"':
            in_text = True
        else:
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(char, 0)
            deepest = max(deepest, depth)
    assert too_deep(text.encode()) == (deepest > DEPTH)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-0", 0),
        ("1.50", Decimal("1.50")),
        ("1e2", Decimal("1e2")),
        ("12345678901234567890.12345", Decimal("12345678901234567890.12345")),
        ("1e308", Decimal("1e308")),
        ("9" * 300, int("9" * 300)),
        ("0e400", Decimal("0e400")),
    ],
    ids=lambda value: str(value)[:20],
)
def test_numbers_are_exact(text: str, value: Any) -> None:
    payload, faults = read_object(f'{{"x": {text}}}'.encode())
    assert (payload, faults) == ({"x": value}, [])


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e309", "1e-309", "9" * 310, "0." + "1" * 1000])
def test_numbers_that_no_double_holds_are_not_finite(text: str) -> None:
    payload, faults = read_object(f'{{"x": {text}}}'.encode())
    assert payload is not None
    assert isinstance(payload["x"], NotFinite)
    assert [(fault.treekey, fault.code) for fault in faults] == [("x", "invalid_number")]


def test_every_fault_is_found_with_its_place() -> None:
    _, faults = read_object(b'{"a": NaN, "a": "\\u0000", "b": [{"c": 1, "c": "\\ud800"}]}', "root")
    assert [(fault.treekey, fault.code) for fault in faults] == [
        ("root.a", "duplicate_key"),
        ("root.a", "invalid_character"),
        ("root.b[0].c", "duplicate_key"),
        ("root.b[0].c", "invalid_character"),
    ]
