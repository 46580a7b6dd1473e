"""Servers that never end what they say."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from datasources.errors import SourceFailed
from datasources.remote import patience, testing
from datasources.remote.errors import Unreachable
from datasources.remote.ftp_control import Control
from datasources.remote.patience import Lines, within
from tests.datasources.factories import make_source

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


def test_lines_are_read_as_they_come(ends: Pair) -> None:
    ours, theirs = ends
    theirs.sendall(b"a\r\nb\xff\nlonger than nine\nlast")
    theirs.shutdown(socket.SHUT_WR)
    lines = Lines(ours)
    assert list(iter(lambda: lines.readline(9), "")) == ["a\r\n", "b\xff\n", "longer th", "an nine\n", "last"]


@pytest.mark.parametrize("seconds", [0.0, None], ids=["all lines", "each line"])
def test_line_that_drips_is_not_waited_for(ends: Pair, monkeypatch: pytest.MonkeyPatch, seconds: float | None) -> None:
    monkeypatch.setattr(patience, "ANSWER", -1.0)
    ends[1].sendall(b"no end")
    with pytest.raises(Unreachable, match="too long"):
        Lines(ends[0], seconds).readline(100)


def test_answer_without_end_is_refused(ends: Pair) -> None:
    control = Control(None, verified=False)  # type: ignore[arg-type]  # Nothing is dialled.
    control.file = Lines(ends[0])  # type: ignore[assignment]
    ends[1].sendall(b"230-more\r\n" * 1_001)
    with pytest.raises(Unreachable, match="does not end"):
        control.getmultiline()


def test_connection_is_cut_where_it_takes_too_long(ends: Pair) -> None:
    with within(0.0, lambda: ends[0].shutdown(socket.SHUT_RDWR)):
        assert ends[0].recv(1) == b""


@pytest.mark.django_db
def test_so_many_sources_are_tried_at_once_and_no_more(monkeypatch: Any) -> None:
    for _ in range(4):
        assert testing._at_once.acquire(blocking=False)
    try:
        with pytest.raises(SourceFailed) as caught:
            testing.test(make_source())
    finally:
        testing._at_once.release(4)
    assert "again in a minute" in caught.value.faults[0].message
