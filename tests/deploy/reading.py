"""Which variables the code reads, and with which defaults."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.edge.environment import UNSET, Environment

ROOT = Path(__file__).parents[2]
ROOMS = ("alerts", "connector", "console", "datasources", "entities", "notifications", "partners", "reference", "sync")
FILES = ("deploy/gunicorn.conf.py", "manage.py")
NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def sources() -> Iterator[Path]:
    yield from (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    yield from (ROOT / name for name in FILES)


def variables() -> dict[str, list[Any]]:
    """Return every variable that the code asks the environment for, and the defaults that stand beside them."""
    found: dict[str, list[Any]] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            name, *defaults = asked_for(node)
            if name:
                found.setdefault(name, []).extend(defaults)
    return found


def asked_for(node: ast.AST) -> list[Any]:
    """Return the name of a variable that this reads and its default, as far as both are written there."""
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr=attr), args=[ast.Constant(value=str() as name), *rest]):
            reads = is_environment(of) and attr not in {"setdefault", "pop"} and NAME.fullmatch(name)
            return [name, *(default.value for default in rest if isinstance(default, ast.Constant))] if reads else [""]
        case ast.Subscript(value=of, slice=ast.Constant(value=str() as name), ctx=ast.Load()) if is_environment(of):
            return [name]
    return [""]


def is_environment(node: ast.AST) -> bool:
    return ast.unparse(node) in {"env", "environment", "os.environ"}


def read_by_settings(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Any, Any]]]:
    """Return what the settings read in production, each variable with its types and defaults."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    real = Environment.get_value

    def get_value(self: Environment, var: str, cast: Any = None, default: Any = UNSET, **options: Any) -> Any:
        found.setdefault(var, []).append((cast, default))
        return real(self, var, cast, default, **options)

    monkeypatch.setattr(Environment, "get_value", get_value)
    monkeypatch.delenv("RUN_DIR", raising=False)
    runpy.run_path(str(ROOT / "connector" / "settings.py"))
    return found


def written(default: Any) -> str:
    """Return a default as a variable would have it, a path as seen from the checkout."""
    if default is UNSET or default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list | tuple):
        return ",".join(default)
    return str(default).replace(f"{ROOT}/", "")
