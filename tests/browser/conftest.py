from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.finding import browser_path
from tests.browser.site import OPERATOR, VIEWER, Site
from tests.browser.visit import DESK, Visit


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


def signed_in(user: str, site: Site, browser: Browser) -> Iterator[BrowserContext]:
    """The browser of somebody who signed in by the form, for all of their visits."""
    context = browser.new_context(viewport=DESK, base_url=f"http://127.0.0.1:{site.port}", reduced_motion="reduce")
    with Visit.to(site, context) as visit:
        visit.sign_in(user)
    yield context
    context.close()


@pytest.fixture(scope="module")
def of_operator(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    yield from signed_in(OPERATOR, site, browser)


@pytest.fixture(scope="module")
def of_viewer(site: Site, browser: Browser) -> Iterator[BrowserContext]:
    yield from signed_in(VIEWER, site, browser)


@pytest.fixture
def visit(site: Site, of_operator: BrowserContext) -> Iterator[Visit]:
    """An operator who has signed in."""
    with Visit.to(site, of_operator) as visit:
        yield visit


@pytest.fixture
def viewer(site: Site, of_viewer: BrowserContext) -> Iterator[Visit]:
    """Somebody who may look and may not see what was sent."""
    with Visit.to(site, of_viewer) as visit:
        yield visit
