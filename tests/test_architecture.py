"""The rooms import downwards alone, and nothing is named for no noun."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
ROOMS = [
    "alerts",
    "connector",
    "console",
    "datasources",
    "entities",
    "notifications",
    "partners",
    "reference",
    "sync",
    "tests",
]
NO_NOUNS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "misc",
    "services",
    "service",
    "manager",
    "managers",
}
DJANGOS = {Path("connector/edge/postgresql/base.py")}  # Where Django looks for a backend.


def modules() -> list[Path]:
    return [path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")]


def test_rooms_import_only_the_rooms_under_them(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_no_module_is_named_for_no_noun() -> None:
    named = {path for path in modules() if NO_NOUNS & {*path.parent.parts, path.stem}}
    assert named == DJANGOS


def test_every_source_file_is_short_enough_to_read() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in modules() if path.parts[0] != "tests"}
    assert {path: length for path, length in lengths.items() if length > 400 and "migrations" not in path.parts} == {}
