"""A file ends the same wherever its import was cut, and killed, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources import spool
from datasources.importing import chunks, copies, ending, work
from datasources.models import Import, ImportState
from entities.schema import schemas
from sync.models import Delivery
from tests.datasources.files import counts, make_import, rejects, sale, sales, stored
from tests.sync.writes import side_by_side

LINES = st.lists(
    st.builds(
        lambda number, quantity, good: sale(number, quantity=quantity if good else "bad"),
        st.integers(1, 6),
        st.integers(-3, 9),
        st.booleans(),
    ),
    max_size=30,
)


def told(import_: Import) -> Any:
    import_.refresh_from_db()
    records = {key: record.quantity for key, record in stored().items()}
    return import_.state, counts(import_), sorted(rejects(import_)), records


def clean() -> None:
    schemas()["partner_sale"].model.objects.all().delete()


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, at_once=st.integers(1, 8))
def test_file_ends_the_same_in_whatever_chunks(monkeypatch: pytest.MonkeyPatch, lines: list[str], at_once: int) -> None:
    clean()
    whole, cut = (make_import(sales(*lines), is_again=True) for _ in range(2))
    work.go_on(whole.pk)
    expected = told(whole)
    clean()
    with monkeypatch.context() as patch:
        patch.setattr(chunks, "AT_ONCE", at_once)
        while not work.go_on(cut.pk, seconds=0):  # Each time one chunk.
            cut.refresh_from_db()
            assert sum(counts(cut)[1:]) == cut.rows
    assert told(cut) == expected


@pytest.mark.django_db
def test_copies_are_made_again_where_they_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 2)
    import_ = make_import(sales(*(sale(number) for number in (1, 2, 3, 1, 4))).encode("utf-16"))
    while not work.go_on(import_.pk, seconds=0):
        copies.remove(spool.path_of(import_.pk))
    assert told(import_)[:2] == (ImportState.PROCESSED, (5, 4, 0, 1))


@pytest.mark.django_db
def test_import_says_that_its_file_is_gone() -> None:
    import_ = make_import(sales(sale()))
    spool.remove(import_.pk)
    with pytest.raises(spool.Gone):
        work.go_on(import_.pk)


@pytest.mark.django_db
def test_cancelled_import_stops_between_chunks_and_keeps_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 2)
    import_ = make_import(sales(*(sale(number) for number in range(6))))
    work.go_on(import_.pk, seconds=0)
    assert ending.cancel(Import.objects.get(pk=import_.pk))
    assert work.go_on(import_.pk)
    assert told(import_)[:2] == (ImportState.CANCELLED, (2, 2, 0, 0))
    assert len(stored()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_import_import_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "AT_ONCE", 3)
    import_ = make_import(sales(*(sale(number) for number in range(40))))
    side_by_side(lambda: work.go_on(import_.pk), lambda: work.go_on(import_.pk))
    while not work.go_on(import_.pk):
        pass
    assert told(import_)[:2] == (ImportState.PROCESSED, (40, 40, 0, 0))


GO_ON = """
import os, django
django.setup()
from pathlib import Path
from django.conf import settings
settings.CONNECTOR_SPOOL_DIR = Path(os.environ["SPOOL"])
from datasources.importing import chunks, work
chunks.AT_ONCE = 50
work.go_on(int(os.environ["IMPORT"]))
"""


@pytest.fixture
def killed(settings: Any) -> Callable[[Import], None]:
    """Return what goes on with an import in a process of its own, and kills it once some of it is done."""

    def kill(import_: Import) -> None:
        address, _, options = os.environ["DATABASE_URL"].partition("?")
        url = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
        named = {"DATABASE_URL": url, "SPOOL": str(settings.CONNECTOR_SPOOL_DIR), "IMPORT": str(import_.pk)}
        environment = {**os.environ, **named, "DJANGO_SETTINGS_MODULE": "connector.settings"}
        process = subprocess.Popen([sys.executable, "-c", GO_ON], env=environment)
        patience = time.monotonic() + 60
        while Import.objects.get(pk=import_.pk).rows < 500:
            assert time.monotonic() < patience
        process.send_signal(signal.SIGKILL)
        process.wait()

    return kill


@pytest.mark.django_db(transaction=True)
def test_killed_import_goes_on_after_its_last_chunk(killed: Any) -> None:
    lines = [sale(number % 9000, quantity="bad" if number % 10 == 3 else number % 7) for number in range(10_000)]
    import_ = make_import(sales(*lines))
    killed(import_)
    done = Import.objects.get(pk=import_.pk)
    assert 500 <= done.rows < 10_000
    assert done.rows == sum(counts(done)[1:])
    while not work.go_on(import_.pk):
        pass
    assert told(import_)[:2] == (ImportState.PROCESSED, (10_000, 8100, 1000, 900))
    assert len(stored()) == 8100
    assert not Delivery.objects.exists()
