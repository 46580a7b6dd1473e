"""The dearest files first, as a pytest plugin: `python -m pytest -p tests.order`.

A file is one process's, and files come in any order. One that starts whole stacks takes minutes: begun among the last, it
would have a single process work, and wait, while the others have nothing left to do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DEAREST = (
    "acceptance/test_run",
    "acceptance/test_promises",
    "browser/",
    "acceptance/test_pooled",
    "reference/test_schemathesis",
    "acceptance/test_p",
    "acceptance/",
    "releases/",
    "entities/test_startentity",
    "entities/test_contributing",
    "deploy/",
    "demo/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the order of the others to chance, as it was made."""
    items.sort(key=rank)


def rank(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
    return next((place for place, dear in enumerate(DEAREST) if path.startswith(dear)), len(DEAREST))
