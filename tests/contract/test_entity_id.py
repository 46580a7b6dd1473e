"""`Entity-Id`: any text that a key holds, as raw UTF-8 or as RFC 8187 writes it."""

from __future__ import annotations

import pytest

from tests.conftest import Dsync
from tests.contract.answers import faults

UNREADABLE = [
    pytest.param("", "blank", id="empty"),
    pytest.param(" \t ", "blank", id="spaces"),
    pytest.param("\u00a0", "blank", id="no-break space"),
    pytest.param("utf-8''", "blank", id="empty RFC 8187"),
    pytest.param("utf-8''%20", "blank", id="RFC 8187 space"),
    pytest.param("x" * 256, "too_long", id="256 characters"),
    pytest.param("\u00fc" * 256, "too_long", id="256 characters of two bytes"),
    pytest.param("a\x01b", "invalid_character", id="control"),
    pytest.param("a\x7fb", "invalid_character", id="delete"),
    pytest.param("a\u0085b", "invalid_character", id="C1 control"),
    pytest.param("a\u200bb", "invalid_character", id="zero width"),
    pytest.param("a\u202eb", "invalid_character", id="bidi"),
    pytest.param("a\u00adb", "invalid_character", id="soft hyphen"),
    pytest.param("a\ufeffb", "invalid_character", id="byte order mark"),
    pytest.param("a\u2028b", "invalid_character", id="line separator"),
    pytest.param("utf-8''a%0d%0ab", "invalid_character", id="RFC 8187 line break"),
    pytest.param("utf-8''a%00", "invalid_character", id="RFC 8187 NUL"),
    pytest.param(b"\xff", "invalid_encoding", id="no UTF-8"),
    pytest.param(b"Gr\xf6\xdfe", "invalid_encoding", id="latin-1"),
    pytest.param(b"\xc0\xaf", "invalid_encoding", id="overlong"),
    pytest.param(b"\xed\xa0\x80", "invalid_encoding", id="surrogate"),
    pytest.param(b"\xe2\x82", "invalid_encoding", id="cut"),
    pytest.param("utf-8''%ff", "invalid_encoding", id="RFC 8187 no UTF-8"),
    pytest.param("utf-8''100%", "invalid_encoding", id="RFC 8187 bare percent"),
    pytest.param("utf-8''%zz", "invalid_encoding", id="RFC 8187 no hexadecimal"),
]


@pytest.mark.parametrize(
    ("key", "wire"),
    [
        ("hde012", "hde012"),
        ("Größe-1", "Größe-1"),
        ("Größe-1", "utf-8''Gr%C3%B6%C3%9Fe-1"),
        ("Größe-1", "UTF-8''Gr%c3%b6%c3%9fe-1"),
        ("日本", "日本"),
        ("🚲", "🚲"),
        ("e\u0301", "e\u0301"),
        ("100%", "100%"),
        ("%2f", "%2f"),
        ("a:b,c;d", "a:b,c;d"),
        (" a ", "utf-8''%20a%20"),
        ("=1+1", "=1+1"),
        ("' OR ''='", "' OR ''='"),
        ("x" * 64, "x" * 64),
    ],
    ids=lambda text: text[:30],
)
def test_entity_id_finds_its_record(dsync: Dsync, key: str, wire: str) -> None:
    dsync.post("product", {"sku": key})
    assert dsync.put("product", wire, {"color": "White"}).status_code == 200
    assert dsync.item("product", sku=key, color="White")


def test_entity_id_is_the_same_text_and_no_likeness(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "e\u0301"})
    assert faults(dsync.put("product", "\u00e9", {})) == [("product.sku", "not_found")]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(("wire", "code"), UNREADABLE)
def test_entity_id_that_cannot_be_read_is_a_fault_and_never_absent(
    dsync: Dsync, method: str, wire: str | bytes, code: str
) -> None:
    dsync.post("product", {"sku": "a"})
    assert ("Entity-Id", code) in faults(dsync.write(method, "product", {"sku": "a"}, Entity_Id=wire))
    assert dsync.item("product", sku="a")


def test_entity_id_over_the_column_is_a_fault(dsync: Dsync) -> None:
    assert faults(dsync.put("product", "x" * 65, {})) == [("Entity-Id", "too_long")]


def test_entity_id_of_255_characters_is_a_key(dsync: Dsync) -> None:
    key = "p" * 63 + ":" + "1" * 128
    assert faults(dsync.put("company", key, {})) == [("company.key", "not_found")]
    assert dsync.delete("company", key).status_code == 200


def test_entity_id_sent_twice_names_neither(dsync: Dsync) -> None:
    dsync.post("product", {"sku": "a"})
    assert faults(dsync.put("product", "a, b", {})) == [("product.sku", "not_found")]
