"""Every operation is called by a program that knows the document alone, on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.web import Web
from tests.reference.stranger import FUZZED, configured, explore

CHECKS = ""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(tmp_path_factory.mktemp("explored"), **FUZZED)
    web.start()
    yield web
    web.close()


def test_every_operation_answers_as_documented_alone_and_along_the_links(
    web: Web, tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = configured(web, tmp_path_factory.mktemp("schemathesis"), examples=5, chains=5, checks=CHECKS)
    found = explore(web, config)
    assert found.returncode == 0, found.stdout[-20000:]
