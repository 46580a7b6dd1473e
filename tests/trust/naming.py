"""Tests by their names, as documents and tables give them: `tests/room/test_subject.py::test_outcome`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"tests/[\w/]+\.py::test_\w+")


@cache
def tests_of(file: str) -> frozenset[str]:
    """Return the names of the tests that a file has; none where there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))


def missing(names: Iterable[str]) -> list[str]:
    """Return those of the names that no test has."""
    return [name for name in names if name.partition("::")[2] not in tests_of(name.partition("::")[0])]
