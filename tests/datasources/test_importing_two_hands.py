"""Two chunks of a file are written at once, and committed one after the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction

from datasources.importing import chunks, work
from datasources.models import Import, ImportState
from entities.models import PartnerSale
from tests.datasources.files import counts, imported, make_import, sale, sales, stored
from tests.sync.writes import DATABASE, side_by_side, wait_until

pytestmark = DATABASE
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
FOR_ITS_TURN = f"{WAITING} AND wait_event = 'advisory'"
FOR_A_RECORD = f"{WAITING} AND query LIKE '%MERGE INTO%'"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 3)


def asked(query: str) -> list[Any]:
    with connections["autonomous"].cursor() as cursor:  # A transaction sees the same activity as long as it lasts.
        cursor.execute(query)
        return [value for (value,) in cursor.fetchall()]


def import_with_its_first_chunk_held(meanwhile: Callable[[Import], object]) -> Import:
    """Return an import of two chunks; when the second was written, beside the first one, there was this to do."""
    imported(sales(*map(sale, range(3))))
    import_ = make_import(sales(*(sale(number, quantity=9) for number in range(6))))
    is_held = Event()

    def hold() -> None:
        with transaction.atomic():
            PartnerSale.objects.select_for_update().get(transaction_id="t0")
            is_held.set()
            wait_until(lambda: asked(FOR_ITS_TURN) and asked(FOR_A_RECORD))
            meanwhile(import_)

    def go_on() -> None:
        is_held.wait(20)
        with suppress(OperationalError):
            work.go_on(import_.pk)

    side_by_side(hold, go_on)
    import_.refresh_from_db()
    return import_


def test_second_chunk_is_written_beside_the_first_and_seen_after_it() -> None:
    seen: list[Any] = []
    import_ = import_with_its_first_chunk_held(
        lambda import_: seen.extend([sorted(stored()), Import.objects.get(pk=import_.pk).rows])
    )
    assert seen == [["t0", "t1", "t2"], 0]
    assert (import_.state, counts(import_), len(stored())) == (ImportState.PROCESSED, (6, 6, 0, 0), 6)


def test_second_chunk_is_undone_when_the_first_one_fails() -> None:
    import_ = import_with_its_first_chunk_held(
        lambda _: asked(FOR_A_RECORD.replace("pid", "pg_terminate_backend(pid)", 1))
    )
    assert (import_.state, counts(import_), len(stored())) == (ImportState.PROCESSING, (0, 0, 0, 0), 3)
    assert work.go_on(import_.pk)
    import_.refresh_from_db()
    assert (counts(import_), {record.quantity for record in stored().values()}) == ((6, 6, 0, 0), {9})


@pytest.mark.parametrize("seed", range(4))
def test_last_good_row_wins_wherever_it_stands(seed: int) -> None:
    dice = random.Random(seed)
    rows = [(dice.randint(1, 5 + 30 * seed), dice.choice(["1", "2", "3", "bad"])) for _ in range(60)]
    import_ = imported(sales(*(sale(number, quantity=quantity) for number, quantity in rows)))
    good = {f"t{number}": int(quantity) for number, quantity in rows if quantity != "bad"}
    bad = sum(quantity == "bad" for _, quantity in rows)
    assert counts(import_) == (60, len(good), bad, 60 - bad - len(good))
    assert {key: record.quantity for key, record in stored().items()} == good
