"""Pulling from another connector, a real one with a database of its own, over a way that fails."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError

from sync.models import Delivery, Pull
from sync.work.retry import Schedule
from tests.acceptance.middleman import Asked, Reply, middleman
from tests.acceptance.pulls import Side, ours
from tests.acceptance.web import Web
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, accept, product, run, side_by_side

pytestmark = DATABASE
SMALL = ("--per-page", "40")  # Pages of 21 to 40 records.


@pytest.fixture
def side(web: Web, monkeypatch: pytest.MonkeyPatch, dsync: Dsync) -> Iterator[Side]:
    """The other connector, with the products p1 to p300."""
    monkeypatch.setenv("RESYNC_TOKEN", web.reading_token)
    monkeypatch.setattr("sync.pulling.source.RETRIES", Schedule(first=0.01, longest=0.02, tries=8))
    with middleman(web.port) as between:
        side = Side(web, between)
        side.empty()
        side.seed(300)
        yield side


def enveloped(status: int, **data: Any) -> Reply:
    body = {"status": status, "message": "OK", "detail": {}, "data": data}
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(body).encode())


def test_pull_brings_every_record_as_it_is(side: Side, dsync: Dsync) -> None:
    told = side.pull(*SMALL)
    assert (told["created"], told["exit"]) == (300, 0)
    assert ours(dsync) == side.items()


def test_pull_again_changes_nothing(side: Side) -> None:
    side.pull(*SMALL)
    assert side.pull(*SMALL)["unchanged"] == 300
    assert Delivery.objects.count() == 300


def test_pull_brings_what_differs(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)
    side.web.execute("UPDATE entities_product SET price = 0 WHERE sku IN ('p1', 'p299')")
    told = side.pull(*SMALL)
    assert (told["updated"], told["unchanged"]) == (2, 298)
    assert ours(dsync) == side.items()


def test_pull_of_nothing_brings_nothing(side: Side) -> None:
    side.empty()
    assert side.pull()["exit"] == 0


def failing(asked: Asked, reply: Reply) -> Reply:
    return enveloped(500) if asked.times < 2 else reply


def throttling(asked: Asked, reply: Reply) -> Reply:
    return enveloped(429).with_headers(Retry_After="0") if asked.times < 2 else reply


def cutting(asked: Asked, reply: Reply) -> Reply:
    return reply.cut() if asked.times < 2 else reply


def babbling(asked: Asked, reply: Reply) -> Reply:
    return Reply(200, reply.headers, b"<html>") if asked.times < 2 else reply


@pytest.mark.parametrize("rule", [failing, throttling, cutting, babbling], ids=lambda rule: rule.__name__)
def test_pull_brings_everything_over_a_way_that_fails(side: Side, dsync: Dsync, rule: Any) -> None:
    side.middleman.rule = rule
    assert side.pull(*SMALL)["created"] == 300
    assert ours(dsync) == side.items()


def test_pull_ends_when_the_source_stays_away_and_goes_on_later(side: Side, dsync: Dsync) -> None:
    side.middleman.rule = lambda asked, reply: enveloped(503) if asked.page == 4 else reply
    with pytest.raises(CommandError, match="no usable answer 8 times in a row; the last was HTTP status 503"):
        side.pull(*SMALL)
    done = Pull.objects.get().done_pages.count()
    side.middleman.rule = lambda _asked, reply: reply
    side.middleman.asked.clear()
    assert side.pull(*SMALL)["created"] == 300
    assert len(side.middleman.pages()) == Pull.objects.get().pages + 1 - done
    assert ours(dsync) == side.items()


def test_refusal_is_told_in_the_words_of_the_source(side: Side) -> None:
    with pytest.raises(
        CommandError, match="The source refused it: Bad Request: Entity-Token is not one of /datalayout"
    ):
        side.pull("--entity-token", "another")


def test_redirect_is_not_followed(side: Side) -> None:
    side.middleman.rule = lambda _asked, _reply: Reply(302, {"Location": "http://127.0.0.1:1/"}, b"")
    with pytest.raises(CommandError, match="The source answers 302"):
        side.pull()
    assert len(side.middleman.asked) == 1


def without_the_first_item(asked: Asked, reply: Reply) -> Reply:
    """Leave a record out of one page, as a source does that loses some."""
    body = json.loads(reply.content)
    if asked.page == 3:
        body["data"]["items"] = body["data"]["items"][1:]
    return Reply(reply.status, reply.headers, json.dumps(body).encode())


def telling_total(total: int) -> Any:
    def rule(asked: Asked, reply: Reply) -> Reply:
        if asked.path == "/api/sync/total":
            return enveloped(200, total=total)
        return reply.with_headers(Total=str(total)) if "Total" in reply.headers else reply

    return rule


def serving_twice(asked: Asked, reply: Reply) -> Reply:
    body = json.loads(reply.content)
    if asked.page == 2:
        body["data"]["items"][0] = body["data"]["items"][1]
    return Reply(reply.status, reply.headers, json.dumps(body).encode())


LIES = {
    "a page that shrinks": (without_the_first_item, "said that it has 300 records, and served 299"),
    "a total too high": (telling_total(500), "said that it has 500 records, and served 300"),
    "a total too low": (telling_total(100), "served records beyond the 100 of its Total"),
    "a record twice": (serving_twice, "served 1 records more than once"),
}


@pytest.mark.parametrize(("rule", "doubt"), LIES.values(), ids=LIES)
def test_generation_removes_nothing_after_a_walk_that_is_not_complete(
    side: Side, dsync: Dsync, rule: Any, doubt: str
) -> None:
    dsync.post("product", {"sku": "old"})
    side.middleman.rule = rule
    told = side.pull("--generation", *SMALL)
    assert told["exit"] == 1
    assert any(doubt in text for text in told["doubts"]), told
    assert product("old")


def test_generation_removes_what_the_source_no_longer_has(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)
    dsync.post("product", {"sku": "old"})
    side.web.execute("DELETE FROM entities_product WHERE sku = 'p7'")
    told = side.pull("--generation", *SMALL)
    assert (told["deleted"], told["unchanged"], told["exit"]) == (2, 299, 0)
    assert ours(dsync) == side.items()


def test_generation_removes_no_more_than_a_tenth_without_being_told(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)
    side.web.execute("DELETE FROM entities_product WHERE id % 4 = 0")
    told = side.pull("--generation", *SMALL)
    assert (told["deleted"], told["exit"]) == (0, 1)
    assert "need --allow-deletes" in told["doubts"][0]
    assert side.pull("--generation", "--allow-deletes", "100", *SMALL)["deleted"] == 75
    assert ours(dsync) == side.items()


def test_dry_generation_tells_what_it_would_remove_and_changes_nothing(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)
    side.web.execute("DELETE FROM entities_product WHERE sku = 'p7'")
    side.web.execute("UPDATE entities_product SET price = 0 WHERE sku = 'p8'")
    before = ours(dsync)
    told = side.pull("--generation", "--dry-run", *SMALL)
    assert (told["deleted"], told["updated"], told["exit"]) == (1, 1, 0)
    assert ours(dsync) == before
    assert Delivery.objects.count() == 300


def test_generation_leaves_what_was_written_since_it_began(side: Side, dsync: Dsync) -> None:
    def rule(asked: Asked, reply: Reply) -> Reply:
        if asked.page == 5:
            side_by_side(lambda: dsync.post("product", {"sku": "written-meanwhile"}))
        return reply

    side.middleman.rule = rule
    assert side.pull("--generation", *SMALL)["deleted"] == 0
    assert product("written-meanwhile")


def test_generation_leaves_records_with_work_waiting(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)
    dsync.post("product", {"sku": "old"})
    accept("PUT", "old", {"price": 1})
    assert side.pull("--generation", *SMALL)["exit"] == 0
    run()
    assert product("old").price == 1


def test_walk_that_the_source_begins_anew_is_begun_anew(side: Side, dsync: Dsync) -> None:
    def rule(asked: Asked, reply: Reply) -> Reply:
        if asked.page == 6:  # The next page finds no walk, as after 24 hours.
            side.web.execute("TRUNCATE sync_walk CASCADE")
            side.middleman.rule = lambda _asked, reply: reply
        return reply

    side.middleman.rule = rule
    told = side.pull("--parallel", "1", *SMALL)
    opened = [asked.query["per_page"] for asked in side.middleman.asked if asked.page == 1]
    assert len(set(opened)) == 2
    assert (told["created"] + told["unchanged"], told["doubts"], told["exit"]) == (300, [], 0)
    assert ours(dsync) == side.items()


def spoiled(asked: Asked, reply: Reply) -> Reply:
    body = json.loads(reply.content)
    for item in body["data"].get("items", []):
        if item["sku"] in {"p5", "p205"}:
            item["price"] = "=1+1"
    return Reply(reply.status, reply.headers, json.dumps(body).encode())


def test_rejected_records_are_told_with_their_reasons(side: Side, tmp_path: Path) -> None:
    side.middleman.rule = spoiled
    told = side.pull("--report", str(tmp_path / "report.csv"), *SMALL)
    assert (told["created"], told["rejected"], told["exit"]) == (298, 2, 1)
    with (tmp_path / "report.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 300
    assert {row["key"]: row["reason"] for row in rows if row["outcome"] == "rejected"} == {
        "p5": "product.price: price must be a number, such as 12.5.",
        "p205": "product.price: price must be a number, such as 12.5.",
    }


def test_rejected_records_are_not_taken_for_gone(side: Side) -> None:
    side.pull(*SMALL)
    side.middleman.rule = spoiled
    assert side.pull("--generation", *SMALL)["deleted"] == 0


def test_pull_gets_in_line_behind_what_waits(side: Side) -> None:
    accept("POST", "p1", {"price": 7})
    told = side.pull(*SMALL)
    assert (told["queued"], told["created"]) == (1, 299)


def test_records_are_told_to_come_from_the_pull(side: Side) -> None:
    told = side.pull(*SMALL)
    deliveries = Delivery.objects.filter(process_id=f"pull-{told['pull']}")
    assert set(deliveries.values_list("method", "state")) == {("UPSERT", "applied")}
    assert deliveries.count() == 300
