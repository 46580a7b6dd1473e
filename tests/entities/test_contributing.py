"""What CONTRIBUTING.md says of adding an entity, done as it says in a copy of the project."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from django.db import models

from entities.entity import Declaration
from tests.entities.everything import SCHEMA, Everything
from tests.entities.project import ROOT, Project

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
STEP = re.compile(r"^\d\. [^\n]*?(?:`([^\n`]+)`[^\n]*)?:\n\n```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def add_by_the_text(project: Project) -> list[str]:
    """Write the files that the text shows, and return the commands that it tells."""
    steps = STEP.findall(TEXT)
    assert [(place, language) for place, language, _ in steps] == [
        ("entities/models/warehouse.py", "python"),
        ("entities/models/__init__.py", "python"),
        ("tests/contract/examples/warehouse.create.json", "json"),
        ("tests/contract/test_warehouse.py", "python"),
        ("", "sh"),
    ]
    for place, _, code in steps[:-1]:
        path = project.folder / place
        path.write_text(among_the_others(path.read_text(), code) if path.exists() else code)
    return steps[-1][2].splitlines()


def among_the_others(index: str, code: str) -> str:
    """Return the package of models with one more import, and its name in `__all__`."""
    last, exported = "from entities.models.tombstone import Tombstone\n", '    "Tombstone",\n'
    return index.replace(last, last + code).replace(exported, exported + '    "Warehouse",\n')


def test_entity_is_added_as_the_text_says(tmp_path: Path) -> None:
    project = Project(tmp_path)
    *commands, test = add_by_the_text(project)
    project.lint("tests/contract/test_warehouse.py")
    with project.database():
        for command in commands:
            project.run(*command.replace(".venv/bin/python", sys.executable).split())
    assert test.startswith("make test ARGS=")
    assert "1 passed" in project.run_tests(test.removeprefix("make test ARGS="))
    assert '"warehouse.shelves.sku": {"type": "text", "required": true' in project.read("layout.lock.json")


def test_every_make_command_is_told() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets is not None
    assert [name for name in targets[1].split() if f"`make {name}`" not in TEXT] == []


def test_every_option_of_a_declaration_is_told() -> None:
    table = TEXT.partition("### What `class Dsync` may say")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))) == set(
        Declaration.__dataclass_fields__
    )


FIELDS = [
    (models.CharField(max_length=9), "text"),
    (models.TextField(), "text"),
    (models.SlugField(), "text"),
    (models.DecimalField(max_digits=9, decimal_places=2), "number"),
    (models.IntegerField(), "number"),
    (models.URLField(), "url"),
    (models.EmailField(), "email"),
    (models.DateField(), "date"),
    (models.TimeField(), "time"),
    (models.DateTimeField(), "datetime"),
    (models.BooleanField(), "boolean"),
]


@pytest.mark.parametrize(("field", "kind"), FIELDS, ids=[type(field).__name__ for field, _ in FIELDS])
def test_table_of_fields_tells_the_type(field: models.Field, kind: str) -> None:
    name = type(field).__name__
    told = {
        type(own).__name__: SCHEMA.leaves[own.column].type
        for own in Everything._meta.fields
        if own.column in SCHEMA.leaves
    }
    (row,) = [line for line in TEXT.splitlines() if line.startswith("|") and f"`{name}`" in line]
    assert f"`{kind}`" in row
    assert told.get(name, kind) == kind
