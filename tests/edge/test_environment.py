"""Values of the environment and of files: typed, and every fault told at once without its value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from connector.edge.environment import Environment
from connector.settings import SECRETS

ROOT = Path(__file__).parents[2]
UNREADABLE = "The file that A_FILE names cannot be read: No such file or directory."


def fault_of(environment: Environment) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        environment.refuse()
    return str(caught.value)


@pytest.mark.parametrize("content", ["$of-a-test", " of-a-test ", "of\na-test", "of-a-test\n"])
def test_secret_is_what_its_file_holds_without_the_last_newline(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(f"{content}\n")
    environment = Environment({"A_FILE": str(tmp_path / "secret"), "A": ""}, secrets=["A"])
    environment.refuse()
    assert environment.str("A") == content


@pytest.mark.parametrize(
    ("content", "variables", "told"),
    [
        (b"of-a-test", {"A": "of-another"}, "A and A_FILE are both set; leave out one."),
        (b"\n", {}, "The file that A_FILE names is empty."),
        (b" \n", {}, "The file that A_FILE names is empty."),
        (b"of-a-test\xff", {}, "The file that A_FILE names cannot be read: it is no text."),
        (None, {}, UNREADABLE),
    ],
    ids=["both", "empty", "blank", "binary", "missing"],
)
def test_file_that_gives_no_secret_is_told(
    tmp_path: Path, content: bytes | None, variables: dict[str, str], told: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    environment = Environment({"A_FILE": str(tmp_path / "secret"), **variables}, secrets=["A"])
    environment.str("A")
    assert fault_of(environment) == told


def test_file_of_another_secret_hides_nothing_that_is_not_set() -> None:
    environment = Environment({"A_OLD_FILE": "/nowhere"}, secrets=["A", "A_OLD"])
    environment.str("A")
    assert fault_of(environment).endswith(" A is not set.")


def test_variable_that_is_read_twice_is_told_once() -> None:
    environment = Environment({"A": "of-a-test"})
    assert [environment.bool("A", default=default) for default in (True, False)] == [True, False]
    assert fault_of(environment) == "A is neither true nor false."


def test_file_of_what_is_no_secret_is_left_alone() -> None:
    Environment({"SSL_CERT_FILE": "/nowhere"}, secrets=["A"]).refuse()


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        ("int", "of-a-test", "A is no whole number."),
        ("bool", "of-a-test", "A is neither true nor false."),
        ("db_url", "of-a-test", "A is no URL; what is special in a password is written as %40, say."),
        ("db_url", "postgresql://user:of/a-test@host/name", "A is no URL; what is special in a password is written as %40, say."),
        ("email_url", "of://a-test", "A is no URL; what is special in a password is written as %40, say."),
    ],
)  # fmt: skip
def test_value_that_cannot_be_read_is_told_without_it(read: str, text: str, told: str) -> None:
    environment = Environment({"A": text})
    getattr(environment, read)("A", default="dummy://x/y")
    assert fault_of(environment) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("On", True), ("1", True), ("FALSE", False), ("off", False), ("0", False), ("", True)],
)
def test_word_for_a_truth_is_read(text: str, expected: object) -> None:
    assert Environment({"A": text}).bool("A", default=True) is expected


def test_list_is_taken_without_the_blanks_around_its_commas() -> None:
    assert Environment({"A": "a, b,,"}).list("A") == ["a", "b"]


def test_all_that_is_wrong_with_the_settings_is_told_at_once(tmp_path: Path) -> None:
    """Run as a person runs it: every secret from a file that is not there, and two slips."""
    wrong = {f"{name}_FILE": str(tmp_path / name) for name in SECRETS}
    slips = {"CONNECTOR_BACKLOG": "of-a-test", "CONNECTOR_ROLE": "of-a-test"}
    environment = {"PATH": os.environ["PATH"], "DEBUG": "false", **wrong, **slips}
    command = [sys.executable, "manage.py", "check"]
    told = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert told.returncode == 1
    assert [name for name in wrong if f"The file that {name} names cannot be read" not in told.stderr] == []
    assert "CONNECTOR_BACKLOG is no whole number." in told.stderr
    assert "CONNECTOR_ROLE is none of web, worker, manage." in told.stderr
    assert "Traceback" not in told.stderr
    assert "of-a-test" not in told.stderr
