"""The demo finds its connector and the token by itself."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from connector.demo import target
from connector.demo.__main__ import main
from connector.demo.target import Tokens, UnavailableError, kept_tokens

from . import fake

Patch = pytest.MonkeyPatch
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def port(tmp_path: Path, monkeypatch: Patch) -> int:
    """Make a free port and kept credentials what the environment points at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    (tmp_path / "credentials").write_text(f"AUTH_TOKEN={fake.TOKEN}\n")
    monkeypatch.setenv("RUN_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", str(number))
    return number


def test_connector_is_started_and_stopped_when_none_runs(port: int, monkeypatch: Patch, capsys: Captured) -> None:
    monkeypatch.setattr(target, "COMMAND", (sys.executable, "-m", "tests.demo.fake"))
    assert main([]) == 0
    assert f"No connector runs at http://127.0.0.1:{port}: starting one." in capsys.readouterr().out
    assert not target.answers(f"http://127.0.0.1:{port}/health/live")


def test_connector_is_left_running_when_it_ran_before(port: int, monkeypatch: Patch) -> None:
    monkeypatch.setattr(target, "COMMAND", ("false",))
    with fake.connector(port=port) as url:
        assert main([]) == 0
        assert target.answers(f"{url}/health/live")


def test_last_words_are_told_when_the_connector_does_not_start(port: int, monkeypatch: Patch, capsys: Captured) -> None:
    monkeypatch.setattr(target, "COMMAND", ("echo", f"Port {port} is taken."))
    assert main([]) == 1
    assert f"Its last words:\nPort {port} is taken." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "tokens"),
    [
        ("AUTH_TOKEN=con_a=b", ("con_a=b", "")),
        ('AUTH_TOKEN="con_a=b"', ("con_a=b", "")),
        ("AUTH_TOKEN=a\nHOOD_TOKEN=h", ("a", "h")),
    ],
)
def test_tokens_are_read_from_the_kept_credentials(
    lines: str, tokens: tuple[str, str], tmp_path: Path, monkeypatch: Patch
) -> None:
    (tmp_path / "credentials").write_text(f"SECRET_KEY=x\n{lines}\n")
    monkeypatch.setenv("RUN_DIR", str(tmp_path))
    assert Tokens(None, None).known() == tokens


@pytest.mark.parametrize(("hood", "known"), [(None, ("given", "")), ("own", ("given", "own"))])
def test_kept_tokens_are_not_mixed_with_a_given_one(
    hood: str | None, known: tuple[str, str], tmp_path: Path, monkeypatch: Patch
) -> None:
    (tmp_path / "credentials").write_text("AUTH_TOKEN=a\nHOOD_TOKEN=h\n")
    monkeypatch.setenv("RUN_DIR", str(tmp_path))
    assert Tokens("given", hood).known() == known


@pytest.mark.parametrize("text", [None, "SECRET_KEY=x\n", "AUTH_TOKEN=\n"], ids=["no file", "no token", "empty"])
def test_missing_token_is_told(text: str | None, tmp_path: Path, monkeypatch: Patch) -> None:
    if text is not None:
        (tmp_path / "credentials").write_text(text)
    monkeypatch.setenv("RUN_DIR", str(tmp_path))
    with pytest.raises(UnavailableError, match="Pass --token"):
        kept_tokens()
