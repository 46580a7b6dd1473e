"""A person in front of the admin: what they click, and what every page that they see must be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.site import PASSWORD, Site

KEPT = os.environ.get("SCREENSHOTS", "")  # A folder: pictures of what is seen are kept there.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
FITS = "document.documentElement.scrollWidth <= window.innerWidth + 1"  # It need not be pushed from side to side.
PHONE, DESK = {"width": 400, "height": 800}, {"width": 1400, "height": 900}


@dataclass
class Visit:
    site: Site
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def to(cls, site: Site, context: BrowserContext) -> Iterator[Visit]:
        """Open a page; what the browser complains of fails the test at the end."""
        page = context.new_page()
        page.set_default_timeout(60_000)
        visit = cls(site, page)
        page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
        page.on("response", lambda answer: visit.complaints.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.go("/admin/")
        yield visit
        page.close()
        assert not visit.complaints, visit.complaints

    def sign_in(self, user: str) -> None:
        self.page.get_by_label("Username").fill(user)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Log in")

    def go(self, path: str) -> None:
        self.page.goto(path)

    def find(self, term: str) -> None:
        """Type into the box above every page."""
        self.page.get_by_role("searchbox", name="Find a record").fill(term)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, title: str) -> None:
        """Choose a page in the sidebar."""
        with self.page.expect_navigation():
            self.page.locator("#nav-sidebar-inner").get_by_role("link", name=re.compile(rf"^{title}\b")).click()

    def press(self, name: str) -> None:
        buttons = self.page.get_by_role("button", name=name, exact=True)
        with self.page.expect_navigation():
            buttons.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def look(self, name: str) -> None:
        """See that the page is open to everybody, light and dark, wide and narrow; keep a picture where one is wanted."""
        found = {"light": self.faults()}
        self.keep(name)
        self.narrow(name)
        self.page.emulate_media(color_scheme="dark")
        self.page.reload()
        found["dark"] = self.faults()
        self.keep(f"{name}-dark")
        self.page.emulate_media(color_scheme="light")
        assert not any(found.values()), told(found)

    def narrow(self, name: str) -> None:
        """See that the page fits a phone."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.page.wait_for_function(FITS)  # Charts take a moment.
        self.keep(f"{name}-phone")
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def faults(self) -> dict[str, list[str]]:
        violations = Axe().run(self.page, options=RULES).response["violations"]
        return {fault["id"]: [node["html"][:200] for node in fault["nodes"]] for fault in violations}

    def keep(self, name: str) -> None:
        if KEPT:
            self.page.screenshot(path=Path(KEPT) / f"{name}.png")


def told(found: dict[str, dict[str, list[str]]]) -> str:
    faults = ((f"{scheme}: {fault}", where) for scheme, faults in found.items() for fault, where in faults.items())
    return "\n".join("\n    ".join([fault, *where[:5]]) for fault, where in faults)
