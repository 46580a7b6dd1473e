"""Texts as cells: no formulas, and no loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.edge.cells import FORMULAS, guarded, unguarded


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        ("'quoted'", "'quoted'"),
        ("'=1", "''=1"),
        ("''", "'''"),
        ("'", "''"),
        ("", "'"),
    ],
)
def test_text_that_is_no_formula_comes_back(text: str, cell: str) -> None:
    assert guarded(text) == cell
    assert unguarded(cell) == text


def test_empty_cell_is_no_value() -> None:
    assert unguarded("") is None


@given(st.text(alphabet="'=+-@\t\ra", max_size=6))
def test_every_text_comes_back_and_no_cell_is_a_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULAS)
