"""Cursors in headers: where a reader goes on, and whose are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db.models import F
from django.http import HttpResponse
from django.test import override_settings

from sync.models import Walk
from tests.conftest import Dsync
from tests.contract.answers import faults
from tests.contract.following import going_on, keys, move, settle, since

pytestmark = pytest.mark.django_db(transaction=True)
LETTERS = "abcdefghij"
EXPIRED = "expired_cursor"


def write(dsync: Dsync, skus: str) -> None:
    for sku in skus:
        assert dsync.post("product", {"sku": sku}).status_code == 201


@pytest.fixture
def ten(dsync: Dsync) -> Dsync:
    """A side whose connector has the products a to j."""
    write(dsync, LETTERS)
    return dsync


def first(dsync: Dsync, size: int = 3) -> HttpResponse:
    return dsync.items("product", f"?per_page={size}")


def by(dsync: Dsync, cursor: str, more: str = "", entity: str = "product") -> HttpResponse:
    return dsync.items(entity, f"?cursor={quote(cursor)}{more}")


def test_walk_goes_on_over_a_new_secret_key_while_the_old_one_is_named(ten: Dsync, settings: Any) -> None:
    cursor = first(ten)["Next-Cursor"]
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-only-for-tests-0123456789-abcdefghijklmnopq"
    assert by(ten, cursor).status_code == 400
    settings.SECRET_KEY_FALLBACKS = [old]
    assert keys(by(ten, cursor)) == "def"


@pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
def test_walk_by_cursors_serves_every_record_once(ten: Dsync, size: int) -> None:
    pages = list(going_on(ten, first(ten, size)))
    assert "".join(map(keys, pages)) == LETTERS
    assert len(pages) == -(-10 // size)
    assert {(page["Total"], page["Per-Page"]) for page in pages} == {("10", str(size))}


@pytest.mark.parametrize("size", [1, 3, 5, 11])
def test_last_page_alone_has_a_changes_cursor_and_no_next_one(ten: Dsync, size: int) -> None:
    *others, last = going_on(ten, first(ten, size))
    assert ("Changes-Cursor" in last, "Next-Cursor" in last) == (True, False)
    assert not any("Changes-Cursor" in page for page in others)


@pytest.mark.parametrize(("number", "is_last"), [(1, False), (3, False), (4, True), (5, True)])
def test_pages_by_number_have_cursors_too(ten: Dsync, number: int, *, is_last: bool) -> None:
    first(ten)
    page = ten.items("product", f"?page={number}&per_page=3")
    assert ("Changes-Cursor" in page, "Next-Cursor" in page) == (is_last, not is_last)


def test_walk_of_nothing_ends_with_its_first_page(dsync: Dsync) -> None:
    page = first(dsync)
    assert ("Changes-Cursor" in page, "Next-Cursor" in page) == (True, False)


def test_walk_whose_last_records_are_deleted_ends_with_a_changes_cursor(ten: Dsync) -> None:
    page = first(ten)
    for sku in LETTERS[3:]:
        ten.delete("product", sku)
    *_, last = going_on(ten, page)
    assert (keys(last), "Changes-Cursor" in last) == ("", True)


def test_cursor_serves_the_same_page_again(ten: Dsync) -> None:
    cursor = first(ten)["Next-Cursor"]
    assert [keys(by(ten, cursor)) for _ in range(2)] == ["def", "def"]


def test_cursors_of_readers_side_by_side_on_one_token_each_go_on_in_their_own_walk(ten: Dsync) -> None:
    early = first(ten)
    ten.delete("product", "a")
    write(ten, "x")
    late = first(ten)
    assert "".join(map(keys, going_on(ten, late))) == f"{LETTERS[1:]}x"
    assert "".join(map(keys, going_on(ten, early))) == LETTERS


def test_page_by_number_goes_on_where_a_cursor_was(ten: Dsync) -> None:
    by(ten, first(ten)["Next-Cursor"])
    assert keys(ten.items("product", "?page=3&per_page=3")) == "ghi"
    assert Walk.objects.count() == 1


def test_cursor_is_taken_from_another_token_of_the_client(ten: Dsync, twin: Dsync) -> None:
    assert keys(by(twin, first(ten)["Next-Cursor"])) == "def"


def test_cursor_of_another_client_is_refused(ten: Dsync, stranger: Dsync) -> None:
    assert faults(by(stranger, first(ten)["Next-Cursor"])) == [("cursor", EXPIRED)]


def test_cursor_of_another_entity_is_refused(ten: Dsync) -> None:
    assert faults(by(ten, first(ten)["Next-Cursor"], entity="order")) == [("cursor", EXPIRED)]


@pytest.mark.parametrize(
    "text", ["", "x", "a:b", ":", "%00", "%ff", "ä", "." * 4000, "WyJwYWdlIiwxLDEsMl0:forged", "null"]
)
@pytest.mark.parametrize("name", ["cursor", "changed_since"])
def test_cursor_that_nobody_gave_is_refused(dsync: Dsync, name: str, text: str) -> None:
    assert faults(dsync.items("product", f"?{name}={text}")) == [(name, EXPIRED)]


def test_cursor_that_was_changed_is_refused(ten: Dsync) -> None:
    cursor = first(ten)["Next-Cursor"]
    assert faults(by(ten, cursor[1:])) == faults(by(ten, f"{cursor}x")) == [("cursor", EXPIRED)]


@override_settings(SECRET_KEY="another-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789")
def test_cursor_of_another_key_is_refused(ten: Dsync) -> None:
    cursor = first(ten)["Next-Cursor"]
    with override_settings(SECRET_KEY="a-third-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"):
        assert faults(by(ten, cursor)) == [("cursor", EXPIRED)]


def test_cursor_is_refused_in_the_place_of_the_other_kind(ten: Dsync) -> None:
    rest, end = first(ten)["Next-Cursor"], first(ten, 10)["Changes-Cursor"]
    assert faults(by(ten, end)) == [("cursor", EXPIRED)]
    assert faults(since(ten, rest)) == [("changed_since", EXPIRED)]


@pytest.mark.parametrize(("hours", "status"), [(23.9, 200), (24.1, 400)])
def test_cursor_of_a_walk_lives_24_hours_after_its_last_page(ten: Dsync, hours: float, status: int) -> None:
    cursor = first(ten)["Next-Cursor"]
    Walk.objects.update(served_at=F("served_at") - timedelta(hours=hours))
    assert by(ten, cursor).status_code == status


def test_cursor_from_before_a_restore_is_refused(ten: Dsync) -> None:
    cursors = first(ten)["Next-Cursor"], first(ten, 10)["Changes-Cursor"]
    move()
    assert faults(by(ten, cursors[0])) == [("cursor", EXPIRED)]
    assert faults(since(ten, cursors[1])) == [("changed_since", EXPIRED)]


def test_refusal_says_what_to_do(dsync: Dsync) -> None:
    assert "page 1" in by(dsync, "x").json()["message"]


@pytest.mark.parametrize(
    "more",
    ["&page=1", "&per_page=3", "&offset=0", "&limit=3", "&changed_since=2026-01-01", "&deletions=1", "&page=x&limit=y"],
)
def test_cursor_is_refused_beside_what_it_says_itself(ten: Dsync, more: str) -> None:
    answer = by(ten, first(ten)["Next-Cursor"], more)
    assert faults(answer) == [("cursor", "ambiguous_cursor")]
    assert all(part.partition("=")[0] in answer.json()["message"] for part in more[1:].split("&"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?changed_since=x&page=2", [("changed_since", "ambiguous_changed_since")]),
        ("?changed_since=2026-01-01&offset=0&limit=2", [("changed_since", "ambiguous_changed_since")]),
        (
            "?changed_since=x&per_page=0&deletions=2",
            [("changed_since", EXPIRED), ("per_page", "invalid_per_page"), ("deletions", "invalid_deletions")],
        ),
        ("?deletions=1&page=0", [("deletions", "invalid_deletions"), ("page", "invalid_page")]),
    ],
)
def test_faults_of_a_query_are_told_at_once(dsync: Dsync, query: str, expected: list[tuple[str, str]]) -> None:
    assert faults(dsync.items("product", query)) == expected


def test_changes_cursor_has_what_was_changed_since_the_walk_opened(ten: Dsync) -> None:
    pages = going_on(ten, first(ten))
    next(pages)
    write(ten, "x")
    ten.put("product", "b", {"color": "White"})
    ten.delete("product", "c")
    *_, last = pages
    settle()
    told = keys(since(ten, last["Changes-Cursor"], "&deletions=1"))
    assert told.endswith("xb-c"), told  # Before them, what an open transaction of another test held back.
