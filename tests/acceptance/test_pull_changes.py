"""Pulling what changed at a source, as the contract's page of extensions says that it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.base import CommandError

from sync.models import Delivery, Pull
from sync.work.retry import Schedule
from tests.acceptance.middleman import Asked, Reply, middleman
from tests.acceptance.pulls import Side
from tests.acceptance.web import Web
from tests.sync.writes import DATABASE, product

pytestmark = DATABASE
FIRST = [{"sku": "a", "price": 1}, {"sku": "b", "price": 2}]
LAST = [{"sku": "a", "_deleted": True}, {"sku": "c", "price": 3}, {"sku": "never-here", "_deleted": True}]


def page(items: list[dict[str, Any]], **headers: str) -> Reply:
    return enveloped(items=items).with_headers(**headers)


def enveloped(**data: Any) -> Reply:
    body = {"status": 200, "message": "OK", "detail": {}, "data": data}
    return Reply(200, {"Content-Type": "application/json"}, json.dumps(body).encode())


def refusal(code: str) -> Reply:
    body = {"status": 400, "message": f"Bad Request: {code}.", "detail": {}, "data": {}}
    return Reply(400, {"Content-Type": "application/json"}, json.dumps(body).encode())


def two_pages(asked: Asked, _reply: Reply) -> Reply:
    """Tell changes in two pages, and refuse what is asked for in another way than the contract's."""
    match asked.query:
        case {"changed_since": "yesterday's", "deletions": "1", "per_page": _}:
            return page(FIRST, Next_Cursor="next")
        case {"cursor": "next", **others} if not others:
            return page(LAST, Changes_Cursor="today's")
    return refusal(f"unexpected {asked.query}")


@pytest.fixture
def side(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    monkeypatch.setenv("RESYNC_TOKEN", web.reading_token)
    monkeypatch.setattr("sync.pulling.source.RETRIES", Schedule(first=0.01, longest=0.02, tries=4))
    with middleman(web.port) as between:
        yield Side(web, between)


def test_changes_are_applied_in_their_order_and_deletions_too(side: Side) -> None:
    side.middleman.rule = two_pages
    told = side.pull("--changed-since", "yesterday's")
    assert (told["created"], told["deleted"], told["absent"], told["exit"]) == (3, 1, 1, 0)
    assert [product(sku) is not None for sku in "abc"] == [False, True, True]
    assert told["changes_cursor"] == "today's"


def test_changes_go_on_at_the_page_where_they_stopped(side: Side) -> None:
    side.middleman.rule = lambda asked, reply: refusal("later") if "cursor" in asked.query else two_pages(asked, reply)
    with pytest.raises(CommandError, match="Bad Request: later"):
        side.pull("--changed-since", "yesterday's")
    side.middleman.rule = two_pages
    side.middleman.asked.clear()
    assert side.pull("--changed-since", "yesterday's")["created"] == 3
    assert [asked.query for asked in side.middleman.asked] == [{"cursor": "next"}]


def test_changes_can_be_pulled_anew_instead(side: Side) -> None:
    side.middleman.rule = lambda asked, reply: refusal("later") if "cursor" in asked.query else two_pages(asked, reply)
    with pytest.raises(CommandError):
        side.pull("--changed-since", "yesterday's")
    side.middleman.rule = two_pages
    assert side.pull("--changed-since", "yesterday's", "--restart")["unchanged"] == 2


def test_source_that_tells_no_changes_is_named(side: Side) -> None:
    side.middleman.rule = lambda _asked, _reply: page(FIRST, Total="2")
    with pytest.raises(CommandError, match="does not tell what changed since a moment; pull everything"):
        side.pull("--changed-since", "2026-01-01")
    assert not Delivery.objects.exists()


def test_cursor_that_is_too_old_is_told_in_the_words_of_the_source(side: Side) -> None:
    side.middleman.rule = lambda _asked, _reply: refusal("expired_cursor")
    with pytest.raises(CommandError, match="The source refused it: Bad Request: expired_cursor"):
        side.pull("--changed-since", "old")


def walk_then(changes: Reply) -> Any:
    """Return a rule by which a walk of a and b, whose Total is 3, ends with a Changes-Cursor."""

    def rule(asked: Asked, _reply: Reply) -> Reply:
        if asked.path == "/api/sync/total":
            return enveloped(total=3)
        if "changed_since" in asked.query:
            return changes
        items = FIRST if asked.page == 1 else []
        return page(items, Total="3", Changes_Cursor="opened")

    return rule


def test_what_changed_during_the_walk_is_pulled_after_it(side: Side) -> None:
    side.middleman.rule = walk_then(page([{"sku": "gone", "_deleted": True}, {"sku": "new"}], Changes_Cursor="end"))
    told = side.pull("--generation")
    assert (told["created"], told["doubts"], told["changes_cursor"]) == (3, [], "end")


def test_record_that_no_change_explains_is_missed(side: Side) -> None:
    side.middleman.rule = walk_then(page([{"sku": "new"}], Changes_Cursor="end"))
    told = side.pull("--generation")
    assert told["doubts"] == ["The source said that it has 3 records, and served 2."]
    assert told["exit"] == 1


def test_walk_is_not_known_to_be_complete_when_its_changes_cannot_be_read(side: Side) -> None:
    side.middleman.rule = walk_then(refusal("expired_cursor"))
    told = side.pull("--generation")
    assert "What changed during the walk could not be read." in told["doubts"][0]
    assert told["changes_cursor"] == ""
    assert Pull.objects.get().stage == "done"
