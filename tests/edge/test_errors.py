from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.edge.errors import BadRequest, Conflict, Fault, NotFound, Unauthorized, add_faults, shown
from connector.edge.strict_json import NotFinite


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ("x" * 101, "x" * 100),
        ("\ud800", "?"),
        (5, 5),
        (Decimal("1.5"), Decimal("1.5")),
        (10**30, 10**30),
        (10**100, "1" + "0" * 99),
        ("\u00e9" * 101, "\u00e9" * 100),
        (True, True),
        ([], []),
        (None, None),
        ({"a": [1]}, {"a": [1]}),
        (["x" * 200], '["' + "x" * 98),
        (NotFinite("1e400"), '"1e400"'),
        ([NotFinite("NaN")], '["NaN"]'),
        ({"\ud800": 1}, '{"\\ud800": 1}'),
        ([["\ud800"]], '[["\\ud800"]]'),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_received_value_is_shown_so_that_it_can_be_written(value: Any, expected: Any) -> None:
    assert shown(value) == expected
    msgspec.json.encode(shown(value))


def test_faults_are_added_where_a_place_has_none() -> None:
    faults = [Fault("a", "x", "")]
    add_faults(faults, [Fault("a", "y", ""), Fault("b", "z", "")])
    assert [fault.code for fault in faults] == ["x", "z"]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "Bad Request"),
        (["One."], "Bad Request: One."),
        (["One.", "Two."], "Bad Request: One; 1 other fault is in detail.errors."),
        (["One.", "Two.", "Three."], "Bad Request: One; 2 other faults are in detail.errors."),
    ],
)
def test_a_message_tells_the_first_fault_and_how_many_there_are(messages: list[str], message: str) -> None:
    assert BadRequest(faults=[Fault("a", "x", text) for text in messages]).message == message


def test_a_401_tells_nothing_more() -> None:
    assert (Unauthorized().message, Unauthorized().detail) == ("Unauthorized", {})


@pytest.mark.parametrize(("error", "status"), [(NotFound, 404), (Conflict, 409)])
def test_an_error_carries_its_status_and_not_its_text_as_an_exception(error: type, status: int) -> None:
    assert str(error("secret")) == str(status)
