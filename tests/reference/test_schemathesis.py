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


@pytest.fixture(scope="module")
def config(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return configured(web, tmp_path_factory.mktemp("schemathesis"))


def test_every_operation_answers_as_documented(web: Web, config: Path) -> None:
    told = explore(web, config, "fuzzing")
    assert f"Tested: {sum(len(methods) for methods in document()['paths'].values())}" in told


def test_operations_answer_as_documented_along_the_links(web: Web, config: Path) -> None:
    told = explore(web, config, "stateful")
    assert int(re.findall(r"API Links: +([0-9]+) covered", told)[0]) > 0
