"""Pulling from cursor to cursor what a second connector really tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.middleman import middleman
from tests.acceptance.pulls import Side, ours
from tests.acceptance.web import Web
from tests.conftest import Dsync
from tests.sync.writes import DATABASE

pytestmark = DATABASE
SMALL = ("--per-page", "40")


@pytest.fixture
def side(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    """The other connector, with the products p1 to p300."""
    monkeypatch.setenv("RESYNC_TOKEN", web.reading_token)
    with middleman(web.port) as between:
        side = Side(web, between)
        side.empty()
        side.seed(300)
        yield side


def write(side: Side, method: str, sku: str, body: bytes | None) -> None:
    headers = {} if method == "POST" else {"Entity_Id": sku}
    assert side.web.ask(side.web.write(method, "product", body, **headers)).status in {200, 201}


def test_pull_goes_on_from_cursor_to_cursor(side: Side, dsync: Dsync) -> None:
    cursor = side.pull(*SMALL)["changes_cursor"]
    assert cursor
    write(side, "PUT", "p1", b'{"price": 0}')
    write(side, "DELETE", "p2", None)
    write(side, "POST", "new", b'{"sku": "new"}')
    told = side.pull("--changed-since", cursor, *SMALL)
    assert (told["updated"], told["deleted"], told["created"], told["exit"]) == (1, 1, 1, 0)
    assert ours(dsync) == side.items()
    again = side.pull("--changed-since", told["changes_cursor"], *SMALL)
    assert sum(again[name] for name in ("created", "updated", "unchanged", "deleted", "absent")) == 0


def test_changes_of_many_pages_are_pulled_with_a_time(side: Side, dsync: Dsync) -> None:
    told = side.pull("--changed-since", (datetime.now(UTC) - timedelta(days=1)).isoformat(), *SMALL)
    assert (told["created"], told["exit"]) == (300, 0)
    assert ours(dsync) == side.items()


def test_what_is_deleted_during_the_walk_is_explained(side: Side, dsync: Dsync) -> None:
    side.pull(*SMALL)

    def rule(asked, reply):
        if asked.page == 3 and not asked.times:
            for number in (250, 251, 252, 10):
                write(side, "DELETE", f"p{number}", None)
        return reply

    side.middleman.rule = rule
    told = side.pull("--generation", "--parallel", "1", *SMALL)
    assert (told["doubts"], told["exit"]) == ([], 0)
    assert ours(dsync) == side.items()
