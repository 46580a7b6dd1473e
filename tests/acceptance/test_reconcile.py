"""Comparing records with those of another connector, and making them equal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.middleman import middleman
from tests.acceptance.pulls import Side, ours
from tests.acceptance.web import Web
from tests.conftest import Dsync
from tests.sync.writes import DATABASE, accept

pytestmark = DATABASE
SMALL = ("--per-page", "40")
DRIFT = {"missing_here": 1, "different": 2, "missing_there": 1, "refused": 0, "unsettled": 0}


@pytest.fixture
def side(web: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    """The other connector, with the products p1 to p100, which were pulled."""
    monkeypatch.setenv("RESYNC_TOKEN", web.reading_token)
    with middleman(web.port) as between:
        side = Side(web, between)
        side.empty()
        side.seed(100)
        side.pull(*SMALL)
        yield side


@pytest.fixture
def drifted(side: Side, dsync: Dsync) -> Side:
    side.seed(101, first=101)
    dsync.post("product", {"sku": "only-here"})
    dsync.put("product", "p1", {"price": 0})
    side.web.execute("UPDATE entities_product SET name = 'x' WHERE sku = 'p2'")
    return side


def drift(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in DRIFT}


def test_equal_sides_have_no_drift(side: Side) -> None:
    told = side.reconcile(*SMALL)
    assert (told["here"], told["there"], told["equal"], told["exit"]) == (100, 100, 100, 0)
    assert set(drift(told).values()) == {0}


def test_drift_is_counted_and_left(drifted: Side, dsync: Dsync) -> None:
    before = ours(dsync)
    told = drifted.reconcile(*SMALL)
    assert (drift(told), told["equal"], told["exit"]) == (DRIFT, 98, 1)
    assert ours(dsync) == before


def test_drift_is_told_record_by_record(drifted: Side, tmp_path: Path) -> None:
    drifted.reconcile("--report", str(tmp_path / "drift.csv"), *SMALL)
    with (tmp_path / "drift.csv").open() as file:
        rows = {row["key"]: (row["outcome"], row["reason"]) for row in csv.DictReader(file)}
    assert rows["p1"] == ("updated", "differs in price")
    assert rows["p2"] == ("updated", "differs in name")
    assert (rows["p101"][0], rows["only-here"][0], rows["p3"][0]) == ("created", "deleted", "unchanged")


def test_drift_is_repaired_when_that_is_asked_for(drifted: Side, dsync: Dsync) -> None:
    told = drifted.reconcile("--repair", *SMALL)
    assert (drift(told), told["exit"]) == (DRIFT, 0)
    assert ours(dsync) == drifted.items()
    assert drifted.reconcile(*SMALL)["exit"] == 0


def test_repair_removes_no_more_than_a_tenth_without_being_told(side: Side, dsync: Dsync) -> None:
    side.web.execute("DELETE FROM entities_product WHERE id % 2 = 0")
    assert side.reconcile("--repair", *SMALL)["exit"] == 1
    assert len(ours(dsync)) == 100
    assert side.reconcile("--repair", "--allow-deletes", "50", *SMALL)["exit"] == 0
    assert ours(dsync) == side.items()


def test_record_with_work_waiting_is_not_settled(side: Side) -> None:
    accept("PUT", "p1", {"price": 0})
    told = side.reconcile(*SMALL)
    assert (told["unsettled"], told["equal"], told["exit"]) == (1, 99, 1)
