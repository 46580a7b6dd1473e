"""A pull whose process is ended in the middle: the same command goes on where it stopped, and does nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.acceptance.local_stack import CHECKOUT
from tests.acceptance.middleman import Asked, Reply, middleman
from tests.acceptance.pulls import Side
from tests.acceptance.web import PREPARE, Web
from tests.databases import libpq_url, migrated_database
from tests.sync.writes import wait_until

PATIENCE = 60


class Here:
    """Our side as processes see it: a database of its own, and commands."""

    def __init__(self, side: Side, database_url: str) -> None:
        self.side = side
        self.environment = {**environment(database_url), "RESYNC_TOKEN": side.web.reading_token}
        with psycopg.connect(libpq_url(database_url)) as connection:
            connection.execute("TRUNCATE sync_pull, sync_delivery, entities_product CASCADE")

    def start(self, *more: str) -> subprocess.Popen[str]:
        command = ["manage.py", "resync", "pull", *self.side.options, "--per-page", "40", "--json", *more]
        return subprocess.Popen(
            [sys.executable, *command],
            env=self.environment,
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, query: str) -> list[Any]:
        with psycopg.connect(libpq_url(self.environment["DATABASE_URL"])) as connection:
            return [row[0] for row in connection.execute(query.encode()).fetchall()]

    def done(self) -> set[int]:
        return set(self.ask("SELECT number FROM sync_pullpage"))


@pytest.fixture
def side(web: Web) -> Iterator[Side]:
    """The other connector, with the products p1 to p300."""
    with middleman(web.port) as between:
        side = Side(web, between)
        side.empty()
        side.seed(300)
        yield side


@pytest.fixture(scope="module")
def database_url() -> str:
    url = migrated_database(f"here_{uuid4().hex}")
    subprocess.run([sys.executable, "-c", PREPARE], env=environment(url), cwd=CHECKOUT, check=True, capture_output=True)
    return url


def environment(database_url: str) -> dict[str, str]:
    ours = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "connector.settings", "LOG_LEVEL": "WARNING"}
    return {**os.environ, **ours}


@pytest.fixture
def here(side: Side, database_url: str) -> Here:
    return Here(side, database_url)


@pytest.fixture
def gate(side: Side) -> Iterator[Event]:
    """Let nobody have the pages from the fifth on, until it is opened."""
    opened = Event()

    def rule(asked: Asked, reply: Reply) -> Reply:
        if asked.page >= 5:
            opened.wait(PATIENCE)
        return reply

    side.middleman.rule = rule
    yield opened
    opened.set()


def held_up(here: Here) -> subprocess.Popen[str]:
    """Return a pull that has done four pages and waits for others."""
    pull = here.start()
    wait_until(lambda: pull.poll() is not None or {1, 2, 3, 4} <= here.done())
    assert pull.poll() is None
    return pull


def finished(pull: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = pull.communicate(timeout=PATIENCE)
    assert pull.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def test_pull_goes_on_where_it_was_killed(side: Side, here: Here, gate: Event) -> None:
    pull = held_up(here)
    pull.kill()
    pull.communicate()
    gate.set()
    before = here.done()
    side.middleman.asked.clear()
    told = finished(here.start())
    assert (told["created"], told["unchanged"]) == (300, 0)
    assert here.ask("SELECT count(*) FROM sync_delivery") == [300]
    assert not before & set(side.middleman.pages())


def test_pull_finishes_what_it_has_in_hand_when_it_is_told_to_end(side: Side, here: Here, gate: Event) -> None:
    pull = held_up(here)
    wait_until(lambda: len(set(side.middleman.pages())) == 8)
    pull.send_signal(signal.SIGTERM)
    gate.set()
    _, err = pull.communicate(timeout=PATIENCE)
    assert pull.returncode == 1
    assert "It was told to stop. What is done stays; the same command goes on." in err
    assert here.done() == {1, 2, 3, 4, 5, 6, 7, 8}
    assert finished(here.start())["created"] == 300


def test_pull_that_is_under_way_is_not_begun_beside_itself(side: Side, here: Here, gate: Event) -> None:
    first = held_up(here)
    second = here.start()
    _, err = second.communicate(timeout=PATIENCE)
    gate.set()
    assert second.returncode == 1
    assert "Another run is pulling product from there" in err
    assert finished(first)["created"] == 300


def test_token_comes_by_standard_input_or_a_file_and_is_told_nowhere(side: Side, here: Here, tmp_path: Path) -> None:
    token = here.environment.pop("RESYNC_TOKEN")
    pull = here.start("--token-stdin")
    out, err = pull.communicate(f"{token}\n", timeout=PATIENCE)
    assert pull.returncode == 0, err
    (tmp_path / "token").write_text(token)
    here.environment["RESYNC_TOKEN_FILE"] = str(tmp_path / "token")
    pull = here.start("--entity-token", "wrong")
    refused, why = pull.communicate(timeout=PATIENCE)
    assert "The source refused it" in why
    assert token not in out + err + refused + why


def test_token_is_asked_for_together_with_all_else_that_is_wrong(here: Here) -> None:
    del here.environment["RESYNC_TOKEN"]
    _, err = here.start("--from", "ftp://example.org").communicate(timeout=PATIENCE)
    assert "must begin with http:// or https://" in err
    assert "Give the source's token by --token-stdin, RESYNC_TOKEN or RESYNC_TOKEN_FILE." in err
