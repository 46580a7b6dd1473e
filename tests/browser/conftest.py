from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.finding import browser_path
from tests.browser.site import OPERATOR, VIEWER, Site
from tests.browser.visit import Visit


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, DEBUG="true", RUN_DIR=str(folder), CONNECTOR_DELETE_LIMIT="3")
    site.start()
    yield site
    site.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("There is no Chromium on this machine, and none could be installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """An operator who has just signed in."""
    with Visit.by(OPERATOR, site, browser) as visit:
        yield visit


@pytest.fixture
def viewer(site: Site, browser: Browser) -> Iterator[Visit]:
    """Somebody who may look and may not see what was sent."""
    with Visit.by(VIEWER, site, browser) as visit:
        yield visit
