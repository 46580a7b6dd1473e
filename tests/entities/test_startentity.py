"""`manage.py startentity`: a new entity from a sample, proved in a copy of the project."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from entities.starter.draft import Unfit
from entities.starter.files import with_import
from entities.starter.start import Wish, start_entity
from tests.entities.project import ROOT, Project
from tests.entities.samples import FOREIGN, RECORDS, TABLE, sample


def problems(root: Path, content: Any, wish: Wish | None = None, name: str = "sample.json") -> list[str]:
    with pytest.raises(Unfit) as refusal:
        start_entity(root, wish or Wish("depot"), sample(root, content, name))
    return list(refusal.value.problems)


def test_started_entities_are_migrated_and_pass_their_tests(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    started_by_command = project.manage("startentity", "depot", "--from", str(sample(tmp_path, RECORDS)))
    start_entity(project.folder, Wish("shop"), sample(tmp_path, TABLE, "sample.csv"))
    start_entity(project.folder, Wish("stock", entity="stock"), sample(tmp_path, FOREIGN))
    tests = [f"tests/contract/test_{name}.py" for name in ("depot", "shop", "stock")]
    project.lint(*tests)
    project.manage("makemigrations", "entities")
    assert "3 passed" in project.run_tests(*tests)
    assert started_by_command.splitlines()[:4] == [
        "entities/models/depot.py",
        "entities/models/__init__.py",
        "tests/contract/examples/depot.create.json",
        "tests/contract/test_depot.py",
    ]


REFUSED: list[tuple[Any, list[str]]] = [
    ([], ["the sample must be a JSON object that has members, or a list of such objects"]),
    (5, ["the sample must be a JSON object that has members, or a list of such objects"]),
    ("{", ["sample.json is not valid JSON at line 1, column 2: Expecting property name enclosed in double quotes"]),
    ({"a": 1}, ["no field looks like the key; name it with --key"]),
    (
        {"sku": 1, "a.b": 1, "a%": 1, "": 1, "a[0]": 1},
        [f"the name {name!r} cannot stand in a data layout" for name in ("a.b", "a%", "", "a[0]")],
    ),
    ({"sku": 1, "a b": 1, "a-b": 2}, ["a-b and a b would share the column a_b"]),
    (
        [{"sku": "a", "b": [[1]], "c": {}, "d": 1}, {"sku": "b", "d": "x"}],
        [
            "b: a list of lists has no type in the data layout",
            "b: the values are not of one type",
            "c: an object without members has no type in the data layout",
            "d: the values are not of one type",
        ],
    ),
    ({"sku": "a", "b": {"c": 1}, "b_c": 2}, ["b_c and b.c would share the column b_c"]),
]


@pytest.mark.parametrize(("content", "expected"), REFUSED, ids=[str(row[0])[:30] for row in REFUSED])
def test_sample_that_is_unfit_is_refused_with_every_reason(root: Path, content: Any, expected: list[str]) -> None:
    assert [problem.replace(f"{root}/", "") for problem in problems(root, content)] == expected
    assert not list((root / "tests" / "contract").glob("*.py"))


TABLES = [
    ("", ["the table needs a header and at least one row"]),
    ("code,name\n", ["the table needs a header and at least one row"]),
    ("code,code,\na,b,c\n", ["column 3 of the table has no name", "the column 'code' comes more than once"]),
    ("code,name\na\nb,c,d\n", ["row 2 has 1 cells, the header 2", "row 3 has 3 cells, the header 2"]),
]


@pytest.mark.parametrize(("content", "expected"), TABLES, ids=["empty", "header", "names", "cells"])
def test_table_that_is_unfit_is_refused_with_every_reason(root: Path, content: str, expected: list[str]) -> None:
    assert problems(root, content, name="sample.csv") == expected


@pytest.mark.parametrize("name", ["Depot", "1a", "a__b", "a-b", "_a", ""])
def test_name_that_is_no_entity_name_is_refused(root: Path, name: str) -> None:
    (problem,) = problems(root, {"sku": "a"}, Wish(name))
    assert "must be words of small letters and digits" in problem


def test_everything_that_stands_in_the_way_is_told_at_once(root: Path) -> None:
    (root / "entities" / "models" / "product.py").touch()
    (root / "tests" / "contract" / "test_product.py").touch()
    assert problems(root, "{", Wish("product"))[:3] == [
        "there is an entity product already",
        "entities/models/product.py is there already",
        "tests/contract/test_product.py is there already",
    ]


LAYOUTS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda field: field.update(type="math"), "ean: the type 'math' has no Django field"),
    (lambda field: field.update(type="date", date_format="%A"), "ean: date_format cannot use %A"),
    (lambda field: field.update(type="object"), "ean: an object without fields has no type in the data layout"),
    (lambda field: field.update(multiple=True), "ean: the key must be one text or number"),
    (lambda field: field.update(foreign_key="x\n    print(1) #"), "ean: foreign_key must be the name of an entity"),
    (lambda field: field.pop("name"), "[0]: a field of a layout is an object with a name"),
]


@pytest.mark.parametrize(("change", "problem"), LAYOUTS, ids=[row[1] for row in LAYOUTS])
def test_layout_that_is_unfit_is_refused(root: Path, change: Callable[[dict[str, Any]], object], problem: str) -> None:
    layout = json.loads(json.dumps(FOREIGN))
    change(layout["data"]["data_layout"][1]["fields"][0])
    assert problems(root, layout, Wish("depot", entity="stock"))[0].startswith(problem)


def test_entity_of_a_layout_must_be_named_where_there_are_several(root: Path) -> None:
    assert problems(root, FOREIGN) == ["name one entity of the layout with --entity: other, stock"]


def test_command_tells_every_problem_on_a_line_of_its_own(root: Path, settings: Any) -> None:
    settings.BASE_DIR = root
    with pytest.raises(CommandError) as failure:
        call_command("startentity", "product", "--from", str(sample(root, {"a.b": 1})))
    assert str(failure.value).splitlines() == [
        "No entity was started:",
        "there is an entity product already",
        "no field looks like the key; name it with --key",
        "the name 'a.b' cannot stand in a data layout",
    ]


def test_import_is_put_in_its_place() -> None:
    index = with_import((ROOT / "entities/models/__init__.py").read_text(), "invoice_line")
    lines = index.splitlines()
    place = lines.index("from entities.models.invoice_line import InvoiceLine")
    assert lines[place - 1] == "from entities.models.entity_token import EntityToken"
    assert lines[lines.index('    "InvoiceLine",') - 1] == '    "EntityToken",'
