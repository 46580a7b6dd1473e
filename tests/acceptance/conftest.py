from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.acceptance.web import Web


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The web process as it is deployed, one for each process of the tests."""
    web = Web(tmp_path_factory.mktemp("web"))
    web.start()
    yield web
    web.close()


@pytest.fixture
def key() -> str:
    """A key that no other test has, also for processes: the database of `web` is never emptied."""
    return uuid4().hex
