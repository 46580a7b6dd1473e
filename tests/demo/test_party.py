"""A partner's calls in the demo: what is not as the contract says is a fault of its line."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from connector.demo.sources.folder import Folder
from connector.demo.sources.party import Party
from connector.demo.sources.pull import NotAllowed, source

MADE = {"datasource": {"id": 5}}


def party(*answers: tuple[int, object]) -> Party:
    """Return a party that gets these answers, one after another."""
    left = iter(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        status, body = next(left)
        return httpx.Response(status, json=body)

    return Party(httpx.Client(base_url="http://connector.example", transport=httpx.MockTransport(answer)))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, 2222)


def test_source_is_taken_away_at_the_end(folder: Folder) -> None:
    ours = party((201, MADE), (200, MADE))
    with source(ours, folder) as made:
        assert made == {"id": 5}
    assert [(result.request.split()[0], result.faults) for result in ours.results] == [("POST", []), ("DELETE", [])]


def test_other_status_is_a_fault(folder: Folder) -> None:
    ours = party((500, {"errors": {}}))
    with source(ours, folder) as made:
        assert made == {}
    assert "status is 500" in ours.results[0].faults[0]


def test_connector_that_dials_no_loopback_is_no_fault(folder: Folder) -> None:
    ours = party((400, {"errors": {"host": "InvalidFormat"}}))
    with pytest.raises(NotAllowed, match="CONNECTOR_OUTBOUND_ALLOW"), source(ours, folder):
        pass


def test_difference_is_a_fault_of_the_last_line() -> None:
    ours = party((200, {}))
    ours.call("who is told", "GET", "/partner/emails")
    ours.expect("the number", 1, 2)
    assert ours.results[0].faults == ["the number is 1, not 2"]
