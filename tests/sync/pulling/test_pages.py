"""What becomes of a page: it is applied and noted once, whoever asks again."""

from __future__ import annotations

import csv
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from connector.edge.errors import Unavailable
from entities.schema import schemas
from sync.models import Delivery, Pull, Switch
from sync.pulling import pages
from sync.pulling.errors import PullError, Stopped, TakenOver
from sync.pulling.opening import Kind, alone, open_pull
from sync.pulling.patience import patiently
from sync.pulling.report import write_report
from sync.pulling.side_by_side import Threads
from sync.pulling.walk import begin_anew
from sync.work.retry import Schedule
from tests.conftest import operator
from tests.sync.writes import DATABASE, prices, product, side_by_side, wait_until

pytestmark = DATABASE
KIND = Kind("http://example.org", "product")
ITEMS = [b'{"sku": "a", "price": 1}', b'{"sku": "b", "price": 2}']


def commit(pull: Pull, items: list[bytes], number: int = 1, **then: Any) -> dict[str, int]:
    return dict(pages.commit(pull, schemas()["product"], number, items, **then))


def test_page_is_applied_and_noted_once() -> None:
    pull = open_pull(KIND)
    assert commit(pull, ITEMS, total=2) == {"created": 2}
    assert commit(pull, [b'{"sku": "a", "price": 9}']) == {}
    assert prices("a", "b") == [1, 2]
    assert pages.tally(pull) == {"created": 2}


def test_page_that_cannot_be_noted_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    pull = open_pull(KIND)
    monkeypatch.setattr(pages, "note", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        commit(pull, ITEMS, total=2)
    assert not Delivery.objects.exists()
    assert Pull.objects.get().total is None


@pytest.mark.parametrize(
    ("item", "key", "code"),
    [
        (b'{"sku": "a", "price": "x"}', "a", "invalid_number"),
        (b'{"sku": " "}', "", "blank"),
        (b"[]", "", "not_an_object"),
        (b'{"sku": "\\ud800"}', "", "invalid_character"),
        (b'{"sku": "a", "sku": "b"}', "b", "duplicate_key"),
        (b'{"_deleted": true}', "", "blank"),
        (b'{"sku": null, "_deleted": true}', "", "blank"),
    ],
    ids=[
        "a value",
        "a blank key",
        "a list",
        "half a surrogate",
        "a key twice",
        "a deletion of nothing",
        "a deletion of null",
    ],
)
def test_record_that_cannot_be_taken_is_noted_with_the_reason(item: bytes, key: str, code: str) -> None:
    pull = open_pull(KIND)
    assert commit(pull, [*ITEMS[1:], item]) == {"created": 1, "rejected": 1}
    page = pull.done_pages.get()
    assert (page.keys, page.notes["1"][0]["code"]) == (["b", key], code)


def test_note_holds_nothing_that_was_received() -> None:
    pull = open_pull(KIND)
    commit(pull, [b'{"sku": "a", "price": "secret"}'])
    assert "secret" not in str(pull.done_pages.get().notes)


def test_dry_pull_notes_what_would_become_and_changes_nothing() -> None:
    pull = open_pull(Kind("http://example.org", "product", is_dry=True))
    assert commit(pull, ITEMS) == {"created": 2}
    assert product("a") is None
    assert pages.tally(pull) == {"created": 2}


def test_entity_that_takes_no_writes_is_not_pulled() -> None:
    Switch.objects.create(entity="product", mode="refuse")
    with pytest.raises(Unavailable):
        commit(open_pull(KIND), ITEMS)


def test_pull_under_way_is_gone_on_with_until_it_is_done() -> None:
    first = open_pull(KIND)
    assert open_pull(KIND) == first
    assert open_pull(Kind("http://example.org", "product", is_generation=True)) != first
    assert open_pull(KIND, is_anew=True) != first


def test_pages_that_were_smaller_than_asked_for_are_begun_anew() -> None:
    assert open_pull(KIND, largest=10) != open_pull(KIND, largest=5)


def test_page_size_is_one_that_no_recent_walk_has() -> None:
    for size in {6, 7, 8, 9, 10} - {8}:
        Pull.objects.create(
            source=KIND.source, entity="order", per_page=size, stage="done", is_generation=False, is_dry=False
        )
    assert open_pull(KIND, largest=10).per_page == 8


def test_notes_of_pulls_that_are_over_are_forgotten() -> None:
    first = open_pull(KIND)
    commit(first, ITEMS)
    Pull.objects.update(stage="done")
    open_pull(KIND)
    assert not first.done_pages.exists()


def test_pull_is_alone_while_its_connection_lives() -> None:
    def other() -> str:
        try:
            with alone(KIND):
                return "alone"
        except PullError as exc:
            return str(exc)

    with alone(KIND):
        (told,) = side_by_side(other)
    assert "Another run is pulling product" in told
    assert side_by_side(other) == ["alone"]


@pytest.mark.parametrize(
    "later", [KIND, Kind(KIND.source, KIND.entity, is_generation=True)], ids=["the same", "another kind"]
)
def test_run_that_lost_its_lock_writes_nothing_after_another_began(later: Kind) -> None:
    pull = open_pull(KIND)
    commit(pull, ITEMS[:1], total=2)
    open_pull(later)
    with pytest.raises(TakenOver):
        commit(pull, ITEMS[1:], number=2, total=1)
    with pytest.raises(TakenOver):
        begin_anew(pull, 7)
    assert prices("a", "b") == [1, None]
    assert Pull.objects.get(pk=pull.pk).total == 2


def end_connection() -> None:
    """Have the server end the connection of this thread."""
    backend = connection.connection.info.backend_pid
    side_by_side(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s)", [backend]))
    wait_until(lambda: not connection.is_usable())


def test_pull_ends_as_it_would_when_its_connection_was_lost_meanwhile() -> None:
    with alone(KIND):
        end_connection()
    with alone(KIND):
        assert open_pull(KIND)


def test_report_has_every_record_and_no_formula(tmp_path: Path) -> None:
    pull = open_pull(KIND)
    commit(pull, [*ITEMS, b'{"sku": "=1+1", "price": "x"}'])
    assert write_report(pull, tmp_path / "report.csv") == 3
    with (tmp_path / "report.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["key"], row["outcome"]) for row in rows] == [("a", "created"), ("b", "created"), ("'=1+1", "rejected")]


def test_work_is_done_again_when_the_database_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.pulling.patience.RETRIES", Schedule(first=0, longest=0, tries=3))
    failures: list[Exception] = [OperationalError(), OperationalError()]
    assert patiently(lambda: raising(failures), Event()) == "done"


def raising(failures: list[Exception]) -> str:
    if failures:
        raise failures.pop()
    return "done"


def test_work_is_given_up_when_the_database_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.pulling.patience.RETRIES", Schedule(first=0, longest=0, tries=3))
    failures: list[Exception] = [OperationalError() for _ in range(3)]
    with pytest.raises(OperationalError):
        patiently(lambda: raising(failures), Event())


def test_work_is_not_done_again_after_being_told_to_stop() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        patiently(lambda: raising([OperationalError()]), stop)


def test_first_failure_ends_all_threads_and_is_raised() -> None:
    taken: list[int] = []

    def work(number: int) -> int:
        taken.append(number)
        if number == 3:
            raise LookupError
        return number

    with pytest.raises(LookupError):
        list(Threads(work, range(100_000), Event()).run(2))
    assert len(taken) < 100_000


def test_threads_take_nothing_more_when_they_are_told_to_stop() -> None:
    stop = Event()

    def work(number: int) -> int:
        stop.set()
        return number

    assert len(list(Threads(work, range(100), stop).run(3))) <= 3


def test_admin_tells_what_became_of_the_records_of_a_pull() -> None:
    pull = open_pull(KIND)
    commit(pull, [*ITEMS, b'{"sku": " "}'])
    page = operator("view_pull").get(reverse("admin:sync_pull_change", args=[pull.pk])).content.decode()
    assert "<td>created</td><td>2</td>" in page
    assert "<td>rejected</td><td>1</td>" in page
    assert "http://example.org" in page
