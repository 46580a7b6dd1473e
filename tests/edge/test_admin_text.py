"""How the admin shows values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.edge.admin.text import EMPTY_TEXT, NOTHING, body, indented, short, table, text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, NOTHING),
        ([], NOTHING),
        ("", EMPTY_TEXT),
        (Decimal("29.9000"), "29.9"),
        (Decimal(1000), "1000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12345678901234567890123456789012345.6700"), "12345678901234567890123456789012345.67"),
        (23.0, "23"),
        (False, "no"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02 03:04:05"),
        ({"a": ["ö"]}, '{"a": ["ö"]}'),
    ],
    ids=str,
)
def test_value_is_shown_as_a_person_reads_it(value: Any, shown: str) -> None:
    assert text(value) == shown


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b'{"a":1.10,"a":1e400}', '{\n  "a": 1.10,\n  "a": 1e400\n}'),
        ('{"ö":"\\u00e4"}'.encode(), '{\n  "ö": "\\u00e4"\n}'),
        (b'{"a":', '{"a":'),
        (b"plain", "plain"),
        (b"", ""),
        (b"\xff\xfe", "��"),
        (b'{"a": "\xff"}', '{"a": "�"}'),
        (b"[" * 100_000, "[" * 100_000),
    ],
    ids=[
        "numbers as they came",
        "escapes as they came",
        "broken",
        "no JSON",
        "empty",
        "no UTF-8",
        "JSON of no UTF-8",
        "deep",
    ],
)
def test_body_is_shown_as_it_came(content: bytes, shown: str) -> None:
    assert indented(content).replace(" ", "") == shown.replace(" ", "")


def test_body_is_escaped_and_cut() -> None:
    assert "<b>" not in body(b"<b>")
    assert "… 5 more characters" in body(b"x" * 100_005)


def test_long_value_is_cut_in_a_list() -> None:
    assert short("x" * 81) == "x" * 80 + "…"


def test_table_escapes_its_cells() -> None:
    assert "<td>&lt;b&gt;</td>" in table(["A"], [["<b>"]])
