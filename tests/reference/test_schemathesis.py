"""Every operation is called by a program that knows the document alone, on a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.document import document
from tests.acceptance.web import Web
from tests.reference.stranger import FUZZED, configured, explore


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("explored"), **FUZZED)
    web.start()
    yield web
    web.close()


def test_every_operation_answers_as_documented_alone_and_along_the_links(web: Web, tmp_path: Path) -> None:
    found = explore(web, configured(web, tmp_path))
    assert found.returncode == 0, found.stdout[-20000:]
    number = sum(len(methods) for methods in document()["paths"].values())
    assert f"Tested: {number}" in found.stdout
    assert int(re.findall(r"API Links: +([0-9]+) covered", found.stdout)[0]) > 10
