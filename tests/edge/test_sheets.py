"""Workbooks, as other programs read them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from connector.edge.sheets import LONGEST_CELL, letters, workbook


def read(rows: list[list[str]]) -> list[list[object]]:
    book = load_workbook(io.BytesIO(b"".join(workbook(rows))))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]


def test_cells_are_the_texts_that_were_given() -> None:
    rows = [["a", "=1+1", "<&>\"'"], ["", " spaces ", "line\nline"], ["1.50", "\tx", "Größe"]]
    assert read(rows) == [["a", "=1+1", "<&>\"'"], [None, " spaces ", "line\nline"], ["1.50", "\tx", "Größe"]]


def test_no_cell_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(b"".join(workbook([["=1+1"]]))))
    assert book.active["A1"].data_type != "f"  # type: ignore[index]


def test_what_xml_cannot_hold_is_replaced_and_what_a_cell_cannot_is_cut() -> None:
    assert read([["a\x01b", "x" * (LONGEST_CELL + 1)]]) == [["a\ufffdb", "x" * LONGEST_CELL]]


def test_workbook_is_sent_while_its_rows_come() -> None:
    asked = 0

    def rows() -> Iterator[list[str]]:
        nonlocal asked
        for number in range(200_000):
            asked += 1
            yield [str(number * 7919 % 1_000_003)]

    next(workbook(rows()))
    assert asked < 200_000


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_names_of_a_spreadsheet(place: int, name: str) -> None:
    assert letters(place) == name
