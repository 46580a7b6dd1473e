"""Reading text headers, beside the cases that `tests/contract/test_entity_id.py` sends over HTTP."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.edge.headers import decoded, is_printable

UNSEEN = "\x00\t\n\x1f\x7f\x80\u00ad\u200b\u200d\u200e\u2028\u2029\u202e\u2066\ufeff\ud800\U000e0041"  # each by itself
READABLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(READABLE)
def test_raw_utf8_comes_back(text: str) -> None:
    assert decoded(text.encode().decode("latin-1"), extended=False) == text


@given(READABLE)
def test_rfc_8187_comes_back(text: str) -> None:
    assert decoded("utf-8''" + quote(text, safe=""), extended=True) == text


@given(st.binary())
def test_bytes_are_utf8_or_unreadable(raw: bytes) -> None:
    try:
        expected: str | None = raw.decode()
    except UnicodeDecodeError:
        expected = None
    assert decoded(raw.decode("latin-1"), extended=False) == expected


def test_rfc_8187_is_read_only_where_it_may_come() -> None:
    assert decoded("utf-8''%41", extended=False) == "utf-8''%41"


@pytest.mark.parametrize("text", ["a", "Größe", "日本", "🚲", "a b", "a\u00a0b", "\u0301", "~"])
def test_visible_text_is_printable(text: str) -> None:
    assert is_printable(text)


@pytest.mark.parametrize("char", UNSEEN, ids=ascii)
def test_what_nobody_sees_is_not_printable(char: str) -> None:
    assert not is_printable(f"ä{char}")
    assert not is_printable(char)
