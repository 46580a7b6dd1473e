"""`GET /api/sync/items/`: which page is asked for, and what a page says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.models import Walk
from sync.serving.asked import note_unknown
from tests.conftest import Dsync, example
from tests.contract.answers import faults, published


@pytest.fixture
def five(dsync: Dsync) -> Dsync:
    """A side whose connector has five products."""
    for key in "abcde":
        dsync.post("product", {"sku": key})
    return dsync


def keys(answer: Any) -> str:
    return "".join(item["sku"] for item in answer.json()["data"]["items"])


def test_items_answer_as_published_when_there_are_none(dsync: Dsync) -> None:
    answer = dsync.items("product")
    assert answer.json() == published("items.response.200")
    assert (answer["Total"], answer["Per-Page"]) == ("0", "100")


def test_items_are_as_the_layout_describes_them(dsync: Dsync) -> None:
    dsync.post("product", example("create.request"))
    (entity,) = [
        entity
        for entity in dsync.send("GET", "/datalayout").json()["data"]["data_layout"]
        if entity["entity_name"] == "product"
    ]
    (item,) = dsync.items("product").json()["data"]["items"]
    assert list(item) == [field["name"] for field in entity["fields"]]
    assert {name: item[name] for name in json.loads(example("create.request"))} == json.loads(example("create.request"))


def test_items_tell_the_total_and_the_size_of_a_page(five: Dsync) -> None:
    answer = five.items("product", "?per_page=2")
    assert (keys(answer), answer["Total"], answer["Per-Page"]) == ("ab", "5", "2")


def test_items_leave_deleted_records_out(five: Dsync) -> None:
    five.delete("product", "c")
    answer = five.items("product")
    assert (keys(answer), answer["Total"]) == ("abde", "4")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcde"),
        ("?", "abcde"),
        ("?page=1", "abcde"),
        ("?per_page=1000", "abcde"),
        ("?per_page=2", "ab"),
        ("?per_page=2&page=1", "ab"),
        ("?per_page=2&page=2", "cd"),
        ("?per_page=2&page=3", "e"),
        ("?per_page=2&page=4", ""),
        ("?per_page=5&page=2", ""),
        ("?page=2", ""),
        ("?page=1000000000000", ""),
        ("?limit=2", "ab"),
        ("?offset=0", "abcde"),
        ("?offset=0&limit=2", "ab"),
        ("?offset=2&limit=2", "cd"),
        ("?offset=4&limit=2", "e"),
        ("?offset=6&limit=2", ""),
        ("?offset=100", ""),
        ("?offset=1000000000000&limit=1", ""),
        ("?page=%31", "abcde"),
        ("?unknown=1&page=1", "abcde"),
    ],
)
def test_items_serve_the_page_that_is_asked_for(five: Dsync, query: str, expected: str) -> None:
    answer = five.items("product", query)
    assert (answer.status_code, keys(answer)) == (200, expected)


@pytest.mark.parametrize(
    "value", ["0", "-1", "x", "", "1.5", "1e3", "+1", " 1", "\u0661", "9" * 5000, "%00", "%ff", "1,2"]
)
@pytest.mark.parametrize("name", ["page", "per_page", "limit"])
def test_items_refuse_a_number_that_is_none(dsync: Dsync, name: str, value: str) -> None:
    assert faults(dsync.items("product", f"?{name}={value}")) == [(name, f"invalid_{name}")]


@pytest.mark.parametrize("value", ["-1", "x", "", "1.5", "9" * 5000])
def test_items_refuse_an_offset_that_is_none(dsync: Dsync, value: str) -> None:
    assert faults(dsync.items("product", f"?offset={value}")) == [("offset", "invalid_offset")]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("?per_page=1001", ("per_page", "invalid_per_page")),
        ("?limit=1001", ("limit", "invalid_limit")),
        ("?page=1000000000001", ("page", "invalid_page")),
        ("?offset=3&limit=2", ("offset", "invalid_offset")),
        ("?offset=50", ("offset", "invalid_offset")),
        ("?page=1&offset=0", ("page", "ambiguous_page")),
        ("?per_page=10&limit=10", ("page", "ambiguous_page")),
    ],
)
def test_items_refuse_a_page_that_is_none(dsync: Dsync, query: str, fault: tuple[str, str]) -> None:
    assert faults(dsync.items("product", query)) == [fault]
    assert not Walk.objects.exists()


def test_items_tell_all_faults_at_once(dsync: Dsync) -> None:
    assert faults(dsync.items("product", "?page=0&per_page=x")) == [
        ("per_page", "invalid_per_page"),
        ("page", "invalid_page"),
    ]


def test_items_read_the_query_as_utf8_whatever_the_content_type_says(dsync: Dsync) -> None:
    assert dsync.send("GET", "/api/sync/items?page=%ff", Entity_Token="x", Content_Type="").status_code == 400


def test_items_log_a_parameter_that_nobody_published_once(dsync: Dsync, caplog: pytest.LogCaptureFixture) -> None:
    note_unknown.cache_clear()
    for _ in range(3):
        dsync.items("product", "?batch=7&cursor_id=secret")
    told = [record.getMessage() for record in caplog.records if "unknown_paging_parameters" in record.getMessage()]
    assert len(told) == 1
    assert "batch" in told[0]
    assert "secret" not in told[0]


def test_items_of_a_restarted_walk_say_so(five: Dsync) -> None:
    assert five.items("product", "?page=2&per_page=2").json()["detail"] == {"walk": "restarted"}
    assert five.items("product", "?page=3&per_page=2").json()["detail"] == {}


def test_items_are_told_to_a_token_that_may_only_read(five: Dsync, reader: Dsync) -> None:
    assert keys(reader.items("product")) == "abcde"


def test_items_of_a_failure_are_the_published_500(dsync: Dsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.views.pages.serve", lambda *_: 1 / 0)
    assert dsync.items("product").json() == published("datalayout.response.500")
