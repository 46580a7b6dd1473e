"""A copy of the project in which an entity may be added, and its commands run as a person runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import execute, migrated, migrated_database, url_of

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "connector",
    "entities",
    "notifications",
    "sync",
    "partners",
    "datasources",
    "alerts",
    "console",
    "reference",
    "tests",
)
FILES = ("manage.py", "pyproject.toml", "layout.lock.json")


class Project:
    """A copy with a database of its own on the server of the test session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        migrated()  # Here, with the migrations of all: the tests of the copy would make it with its own.
        for name in FOLDERS:
            if (ROOT / name).is_dir():
                # With what is compiled, but for what others are writing.
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
        for name in FILES:
            shutil.copy(ROOT / name, folder / name)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        self.environment["DATABASE_URL"] = url_of(f"copy{os.getpid()}")
        self.environment.update({"RUN_DIR": str(folder / ".run"), "DEBUG": "true"})  # As a developer has it.

    @contextmanager
    def database(self) -> Iterator[None]:
        """Have the database that migrations run in; tests make their own."""
        name = f"copy{os.getpid()}"
        migrated_database(name)
        yield
        execute("DROP DATABASE {} WITH (FORCE)", name)

    def run(self, *command: str) -> str:
        """Run a command that must succeed and return what it printed."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout

    def manage(self, *arguments: str) -> str:
        return self.run(sys.executable, "manage.py", *arguments)

    def run_tests(self, *paths: str) -> str:
        return self.run(sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *paths)

    def lint(self, *paths: str) -> None:
        self.run(sys.executable, "-m", "ruff", "check", "--no-cache", "entities/models", *paths)
        self.run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "entities/models", *paths)

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()
