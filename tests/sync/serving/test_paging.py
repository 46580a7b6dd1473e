from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.edge.errors import Fault
from sync.serving.paging import HIGHEST_PAGE, MOST_PER_PAGE, Page, asked_page


@given(st.integers(1, HIGHEST_PAGE), st.integers(1, MOST_PER_PAGE))
def test_a_page_is_as_asked_for(number: int, size: int) -> None:
    assert asked_page({"page": str(number), "per_page": str(size)}, []) == Page(number, size)


@given(st.integers(0, 10**9), st.integers(1, MOST_PER_PAGE))
def test_an_offset_is_the_page_that_begins_there(place: int, limit: int) -> None:
    assert asked_page({"offset": str(place * limit), "limit": str(limit)}, []) == Page(place + 1, limit)


@given(st.sampled_from(["page", "per_page", "offset", "limit"]), st.text(max_size=20))
def test_any_text_is_a_page_or_a_fault(name: str, text: str) -> None:
    faults: list[Fault] = []
    page = asked_page({name: text}, faults)
    assert page.number >= 1 or faults
    assert 1 <= page.size <= MOST_PER_PAGE or faults


@pytest.mark.parametrize("query", [{}, {"page": "1"}, {"offset": "0"}, {"limit": "100"}, {"unknown": "x"}], ids=str)
def test_nothing_is_the_first_page_of_100(query: dict[str, str]) -> None:
    assert asked_page(query, []) == Page(1, 100)
