"""The Chromium of the browser tests: the machine's, or Playwright's own; `python -m tests.browser.finding` installs one.

Where neither can be had the tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 300
INSTALLERS = (
    ["apt-get", "install", "-q", "--yes", "--no-install-recommends", "chromium"],
    [sys.executable, "-m", "playwright", "install", "chromium"],
)


def browser_path() -> str | None:
    """Return where a Chromium is, None where there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None) or own_path()


def own_path() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> bool:
    """Have a Chromium installed by whatever can; tell whether there is one now."""
    return any(shutil.which(command[0]) and run(command) and browser_path() for command in INSTALLERS)


def run(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__" and not (browser_path() or install()):
    sys.stdout.write("No Chromium is here, and none could be installed: the browser tests will be skipped.\n")
