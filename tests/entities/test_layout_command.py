"""`manage.py layout`: printing the data layout, locking it, and telling what changed since."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error

from entities.data_layout import data_layout
from entities.layout_lock import Lock, changes
from entities.tokens import entity_tokens, rotate
from tests.entities.everything import SCHEMA

ROOT = Path(__file__).parents[2]
LAYOUT = [SCHEMA.layout(entity_token=None, endpoint_url="/entity/everything")]
Fields = list[dict[str, Any]]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("layout", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def field(fields: Fields, name: str) -> dict[str, Any]:
    return next(field for field in fields if field["name"] == name)


def told(change: Callable[[Fields], object]) -> list[str]:
    """Return what is told when a layout changes so."""
    changed = copy.deepcopy(LAYOUT)
    change(changed[0]["fields"])
    return [str(change) for change in changes(Lock.of(LAYOUT), Lock.of(changed))]


def test_lock_is_read_as_it_was_written() -> None:
    lock = Lock.of(LAYOUT)
    assert Lock.read(lock.written().encode()) == lock


def test_lock_tells_one_field_a_line() -> None:
    lines = Lock.of(LAYOUT).written().splitlines()
    assert '      "everything.code": {"type": "text", "required": true, "primary_key": true},' in lines
    assert '      "everything.lines.size.width": {"type": "number"},' in lines


CHANGES: list[tuple[Callable[[Fields], object], str]] = [
    (lambda fields: fields.remove(field(fields, "text")), "breaking: everything.text was removed"),
    (
        lambda fields: field(fields, "text").update(type="number"),
        'breaking: everything.text changed type from "text" to "number"',
    ),
    (
        lambda fields: field(fields, "text").update(multiple=True),
        "breaking: everything.text changed multiple from false to true",
    ),
    (
        lambda fields: field(fields, "text").update(primary_key=True),
        "breaking: everything.text changed primary_key from false to true",
    ),
    (lambda fields: field(fields, "text").update(required=True), "breaking: everything.text became required"),
    (lambda fields: field(fields, "code").update(required=False), "compatible: everything.code became optional"),
    (
        lambda fields: field(fields, "text").update(foreign_key="a"),
        'compatible: everything.text changed foreign_key from null to "a"',
    ),
    (
        lambda fields: field(fields, "product").update(foreign_key=None),
        'breaking: everything.product changed foreign_key from "product" to null',
    ),
    (
        lambda fields: field(fields, "day").update(date_format="%d"),
        'breaking: everything.day changed date_format from null to "%d"',
    ),
    (
        lambda fields: field(fields, "spelled").update(bool_settings="Y|N"),
        'breaking: everything.spelled changed bool_settings from "Yes|No" to "Y|N"',
    ),
    (
        lambda fields: fields.append(field(fields, "text") | {"treekey": "everything.new"}),
        "compatible: everything.new was added",
    ),
    (
        lambda fields: fields.append(field(fields, "code") | {"treekey": "everything.new", "primary_key": False}),
        "breaking: everything.new was added and is required",
    ),
    (lambda fields: field(fields, "group")["fields"].pop(0), "breaking: everything.group.text was removed"),
    (
        lambda fields: field(field(fields, "lines")["fields"], "qty").update(required=True),
        "breaking: everything.lines.qty became required",
    ),
]


@pytest.mark.parametrize(("change", "line"), CHANGES, ids=[line for _, line in CHANGES])
def test_change_of_a_field_is_told(change: Callable[[Fields], object], line: str) -> None:
    assert told(change) == [line]


@pytest.mark.parametrize("name", ["description", "id", "functions"])
def test_change_of_what_no_mapping_stands_on_is_not_told(name: str) -> None:
    assert told(lambda fields: fields[0].update({name: "other"})) == []


def test_order_of_fields_is_not_told() -> None:
    assert told(lambda fields: fields.reverse()) == []


def test_removed_and_added_entities_are_told() -> None:
    found = changes(Lock({"old": {}, "same": {}}), Lock({"new": {"new.code": {"required": True}}, "same": {}}))
    assert list(map(str, found)) == ["compatible: new was added", "breaking: old was removed"]


def test_committed_lock_is_that_of_the_code() -> None:
    assert (ROOT / "layout.lock.json").read_text() == Lock.of(data_layout({})).written()


def test_check_passes_after_lock(tmp_path: Path) -> None:
    run("--lock", f"{tmp_path}/lock")
    assert run("--check", f"{tmp_path}/lock") == ""


def test_check_names_every_change_and_fails(tmp_path: Path) -> None:
    lock = Lock.of(data_layout({}))
    lock.entities["product"]["product.gone"] = {"type": "text"}
    lock.entities["gone"] = {}
    (tmp_path / "lock").write_text(lock.written())
    out = StringIO()
    with pytest.raises(CommandError, match="2 of these would break Dsync's mappings") as failure:
        call_command("layout", "--check", f"{tmp_path}/lock", stdout=out)
    assert out.getvalue() == "breaking: gone was removed\nbreaking: product.gone was removed\n"
    assert failure.value.returncode == 1


def test_check_of_a_lock_that_is_behind_fails_with_the_command_to_run(tmp_path: Path) -> None:
    lock = Lock.of(data_layout({}))
    del lock.entities["product"]["product.color"]
    (tmp_path / "lock").write_text(lock.written())
    with pytest.raises(CommandError, match=r"nothing breaks\. Run `manage.py layout --lock .*lock`"):
        run("--check", f"{tmp_path}/lock")


@pytest.mark.parametrize(
    ("text", "message"), [(None, "There is no"), ("{", "is no layout lock"), ("[]", "is no layout lock")]
)
def test_check_without_a_lock_says_so(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "lock").write_text(text)
    with pytest.raises(CommandError, match=message):
        run("--check", f"{tmp_path}/lock")


def test_lock_and_check_ask_no_database(tmp_path: Path, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        run("--lock", f"{tmp_path}/lock")
        run("--check", f"{tmp_path}/lock")


def test_layout_is_printed_as_it_is_served(db: None) -> None:
    assert json.loads(run()) == {"data_layout": data_layout(entity_tokens())}


def test_layout_is_printed_without_tokens_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entities.management.commands.layout.entity_tokens", refuse)
    assert json.loads(run()) == {"data_layout": data_layout({})}
    with pytest.raises(CommandError, match="does not tell the tokens: away"):
        run("--database")


def refuse() -> None:
    raise Error("away")


def test_lock_never_holds_a_token(tmp_path: Path, db: None) -> None:
    run("--lock", f"{tmp_path}/lock", "--database")
    text = (tmp_path / "lock").read_text()
    assert not [token for token in entity_tokens().values() if token in text or token[-32:] in text]


def test_check_with_database_names_a_rotated_token(tmp_path: Path, db: None) -> None:
    run("--lock", f"{tmp_path}/lock", "--database")
    assert run("--check", f"{tmp_path}/lock", "--database") == ""
    rotate("product")
    assert run("--check", f"{tmp_path}/lock") == ""
    out = StringIO()
    with pytest.raises(CommandError, match="1 of these would break"):
        call_command("layout", "--check", f"{tmp_path}/lock", "--database", stdout=out)
    assert out.getvalue() == "breaking: product has another token\n"


def test_check_with_database_needs_a_lock_that_remembers_tokens(tmp_path: Path, db: None) -> None:
    run("--lock", f"{tmp_path}/lock")
    with pytest.raises(CommandError, match=r"remembers no tokens; `manage.py layout --lock .*lock --database` writes"):
        run("--check", f"{tmp_path}/lock", "--database")


def test_check_works_where_no_database_is_configured() -> None:
    environment = os.environ | {"DATABASE_URL": "django.db.backends.dummy://nowhere/nothing"}
    command = [sys.executable, "manage.py", "layout", "--check", "layout.lock.json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
