"""A backup is what pg_dump makes of a service that runs: what is restored from it is the same service."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.stack.postgres import WHEEL
from sync.models.delivery import State
from tests.acceptance.middleman import Middleman
from tests.acceptance.pulls import Side
from tests.acceptance.web import Web
from tests.databases import libpq_url, new_database
from tests.releases import databases
from tests.sync.writes import DATABASE, prices, states
from tests.sync.writes import run as apply_all

pytestmark = DATABASE
SEEDED, LATE = 200, "accepted-before-the-backup"


@dataclass
class Restored:
    """A connector of its own on what was restored, and the name of its database."""

    web: Web
    name: str


@pytest.fixture
def original(web: Web, monkeypatch: pytest.MonkeyPatch) -> Side:
    """A service with records that were created, changed and deleted, and with a change that it has only accepted."""
    monkeypatch.setenv("RESYNC_TOKEN", web.reading_token)
    middleman = Middleman(web.port)
    middleman.url = f"http://127.0.0.1:{web.port}"
    side = Side(web, middleman)
    side.empty()
    web.execute("TRUNCATE sync_delivery")
    side.seed(SEEDED)
    written = [
        web.write("PUT", "product", '{"price": 0.10, "name": "Größe"}'.encode(), Entity_Id="p1"),
        web.write("DELETE", "product", None, Entity_Id="p2"),
        web.write("POST", "product", b'{"sku": "late", "price": 7}', Prefer="respond-async", Process_Id=LATE),
    ]
    assert [web.ask(raw).status for raw in written] == [200, 200, 202]
    return side


def tool(name: str, *arguments: str) -> None:
    subprocess.run([str(WHEEL / "bin" / name), *arguments], check=True, capture_output=True)


@pytest.fixture
def restored(original: Side, tmp_path: Path) -> Iterator[Restored]:
    """The service out of a dump of the original, which ran meanwhile."""
    name = f"restored_{original.web.port}"
    dump = str(tmp_path / "connector.dump")
    tool("pg_dump", "--format=custom", f"--file={dump}", libpq_url(original.web.database_url))
    url = new_database(name)
    tool("pg_restore", "--exit-on-error", "--no-owner", "--jobs=4", f"--dbname={libpq_url(url)}", dump)
    web = Web(tmp_path)
    web.start(url)
    yield Restored(web, name)
    web.close()
    databases.drop(name)


def test_restored_service_is_the_original_to_the_last_record(original: Side, restored: Restored) -> None:
    with databases.connected_to(restored.name):
        told = original.reconcile()
    assert (told["exit"], told["doubts"]) == (0, [])
    assert {told[name] for name in ("here", "there", "equal")} == {SEEDED - 1}


def test_restored_service_takes_writes_and_applies_what_was_accepted_before(restored: Restored) -> None:
    web = restored.web
    assert web.ask(web.write("PUT", "product", b'{"price": 8}', Entity_Id="p4")).status == 200
    with databases.connected_to(restored.name):
        assert states(process_id=LATE) == [State.ACCEPTED]
        apply_all()
        assert (states(process_id=LATE), prices("late", "p4")) == ([State.APPLIED], [7, 8])
