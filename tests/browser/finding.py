"""The Chromium of the browser tests: the machine's, or Playwright's own; `python -m tests.browser.finding` installs one.

Where neither can be had the tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 300
DEBIAN = "apt-get update -q && apt-get install -q --yes --no-install-recommends chromium"
INSTALLERS = ([sys.executable, "-m", "playwright", "install", "chromium"], ["sh", "-c", DEBIAN])


def browser_path() -> str | None:
    """Return where a Chromium is that starts, None where there is none."""
    return next((path for path in candidates() if ended_well([path, "--version"])), None)


def candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    yield from [named] if named else filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def install() -> bool:
    """Have a Chromium installed by whatever can; tell whether there is one now."""
    return any(ended_well(command) and browser_path() for command in INSTALLERS)


def ended_well(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__" and not (browser_path() or install()):
    sys.stdout.write("No Chromium is here, and none could be installed: the browser tests will be skipped.\n")
