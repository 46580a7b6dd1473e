"""What a request costs the interpreter: how many functions it calls, which is the same on every machine.

The first of a kind calls more, for it fills what is kept; so the median counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from types import FrameType
from typing import Any

import pytest
from django.http import HttpResponseBase

from tests.conftest import Dsync
from tests.sync.test_written import Writing, keys
from tests.sync.writes import DATABASE

pytestmark = DATABASE
ROOM = 1.1
READS = 5


class Calls:
    """Counts the calls of each request from when its headers are known until its answer is."""

    def __init__(self, dsync: Dsync) -> None:
        self.handler: Any = dsync.http.handler
        self.answer = self.handler.get_response
        self.counts: list[int] = []

    def __call__(self, request: Any) -> HttpResponseBase:
        self.counts.append(0)
        sys.setprofile(self.count)
        try:
            return self.answer(request)
        finally:
            sys.setprofile(None)

    def count(self, _frame: FrameType, event: str, _arg: Any) -> None:
        self.counts[-1] += event in ("call", "c_call")

    def of_most(self, act: Callable[[], None]) -> float:
        """Return what most requests of an act take."""
        self.counts.clear()
        act()
        return median(self.counts)


@pytest.fixture
def calls(dsync: Dsync) -> Calls:
    counting = Calls(dsync)
    counting.handler.get_response = counting
    return counting


def each(ask: Callable[[str], Any], of: list[str]) -> Callable[[], None]:
    def act() -> None:
        for one in of:
            ask(one)

    return act


def test_writes_call_no_more_than_they_did(dsync: Dsync, calls: Calls) -> None:
    writing, stock = Writing(dsync), keys()
    assert calls.of_most(each(writing.create, stock)) < 1173 * ROOM
    assert calls.of_most(each(writing.update, stock)) < 1180 * ROOM
    assert calls.of_most(each(writing.delete, stock)) < 1236 * ROOM


def test_accepting_calls_no_more_than_it_did(dsync: Dsync, calls: Calls) -> None:
    assert calls.of_most(each(Writing(dsync, Prefer="respond-async").create, keys())) < 1147 * ROOM


def test_page_calls_no_more_than_it_did(dsync: Dsync, calls: Calls) -> None:
    each(Writing(dsync).create, keys())()
    pages = ["?per_page=40"] * READS
    assert calls.of_most(each(lambda page: dsync.items("product", page), pages)) < 5730 * ROOM
    cursor = dsync.items("product", "?per_page=20")["Next-Cursor"]
    pages = [f"?cursor={cursor}"] * READS
    assert calls.of_most(each(lambda page: dsync.items("product", page), pages)) < 1186 * ROOM
