"""A cell of a CSV file becomes the value that its field's type asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.demo.cells import CellError, pairs, value_of
from connector.demo.layout import Field

from . import fake


def make_field(kind: str = "text", **overrides: Any) -> Field:
    return msgspec.convert(fake.field("name", kind, **overrides), Field)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("size=XS", [("size", "XS")], id="one"),
        pytest.param("size=XS,color=Black", [("size", "XS"), ("color", "Black")], id="two"),
        pytest.param("a=Wool, worsted,b=2", [("a", "Wool, worsted"), ("b", "2")], id="comma in a value"),
        pytest.param("a=1,b=Wool, worsted", [("a", "1"), ("b", "Wool, worsted")], id="comma in the last value"),
        pytest.param('a=1,"b=x, y=2","c=3"', [("a", "1"), ("b", "x, y=2"), ("c", "3")], id="quoted pairs"),
        pytest.param('"b=a ""soft"", one"', [("b", 'a "soft", one')], id="doubled quotes"),
        pytest.param('a=12" wide,b=2', [("a", '12" wide'), ("b", "2")], id="quote inside"),
        pytest.param("a=Wool|Nylon&reg;,b=", [("a", "Wool|Nylon&reg;"), ("b", "")], id="as written, also empty"),
        pytest.param("a=x=y", [("a", "x=y")], id="equals sign in a value"),
        pytest.param("a=one\ntwo\n,b=2", [("a", "one\ntwo\n"), ("b", "2")], id="lines"),
    ],
)
def test_pairs_are_split_where_a_name_follows(cell: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(cell) == [{"name": name, "value": value} for name, value in expected]


@pytest.mark.parametrize("cell", ["Black", "Black,size=XS", "=1"])
def test_pairs_are_refused_without_a_name(cell: str) -> None:
    with pytest.raises(CellError, match="no list of name=value"):
        pairs(cell)


def test_multiple_cell_is_split_at_commas() -> None:
    assert value_of("Men/Tops/Tees & Tanks, Sale,", make_field(multiple=True)) == ["Men/Tops/Tees & Tanks", "Sale"]


def test_text_cell_is_left_as_written() -> None:
    assert value_of(" 1,0\n", make_field()) == " 1,0\n"


@pytest.mark.parametrize("cell", ["52", "0.1", "-3.140", "12345678901234567.89"])
def test_number_cell_is_exact(cell: str) -> None:
    assert value_of(cell, make_field("number")) == Decimal(cell)


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("datetime", "2/8/17", "2017-02-08T00:00:00+00:00"),
        ("datetime", "12/31/2016", "2016-12-31T00:00:00+00:00"),
        ("datetime", "2/8/17, 10:20 PM", "2017-02-08T22:20:00+00:00"),
        ("datetime", "2/8/2017 22:20:05", "2017-02-08T22:20:05+00:00"),
        ("datetime", "2017-02-08T22:20:05+02:00", "2017-02-08T20:20:05+00:00"),
        ("date", "2/8/17", "2017-02-08"),
        ("date", "2017-02-08", "2017-02-08"),
        ("time", "10:20 PM", "22:20:00"),
    ],
)
def test_american_and_iso_dates_become_iso(kind: str, cell: str, expected: str) -> None:
    assert value_of(cell, make_field(kind)) == expected


def test_date_cell_takes_the_format_of_the_field() -> None:
    assert value_of("2/8/17", make_field("date", date_format="%d.%m.%Y")) == "08.02.2017"


@pytest.mark.parametrize(("spelling", "expected"), [(None, True), ("On|Off", "On")])
def test_boolean_cell_takes_the_spelling_of_the_field(spelling: str | None, expected: object) -> None:
    assert value_of("1", make_field("boolean", bool_settings=spelling)) == expected


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("number", "cheap"), ("number", "NaN"), ("boolean", "perhaps"), ("datetime", "31/12/2016"), ("date", "soon")],
)
def test_cell_of_another_type_is_refused(kind: str, cell: str) -> None:
    with pytest.raises(CellError, match=cell):
        value_of(cell, make_field(kind))
