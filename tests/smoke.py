"""`make smoke`: a part of the tests on every other Python, Django and PostgreSQL that the machine has, a pooler, many rows.

`make test` runs all of them on the Python of `.venv`, the Django that is pinned and the PostgreSQL of the wheel, which it
reaches directly. Each line here changes one or two of these and runs what stands on them most: every migration, the
contract, and the whole stack as `make run` starts it; behind a pooler all that runs as it is deployed; and with a
million rows in each of the large tables how the hot statements run. What the machine does not have is told in one line;
nothing is left out in silence.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import pgbouncer

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".smoke"  # A virtual environment for each line, kept for the next time.
NEWEST = "newest"
TESTS = (
    *(f"tests/contract/test_{name}.py" for name in ("create", "update", "delete", "items", "changes", "paths")),
    *("tests/sync/applying/test_runner.py", "tests/edge/test_postgresql.py", "tests/edge/test_request.py"),
    *("tests/edge/test_admin_client_limits.py", "tests/partners/test_lists.py"),
    "tests/acceptance/test_run.py::test_demo_passes",
)
DEPLOYED = ("tests/acceptance", "--ignore=tests/acceptance/test_pooled.py")  # That is behind one in any case.
PLANS = ("-n", "0", "tests/sync/test_plans_of_many.py")
TOOLS = (
    *("pytest", "pytest-django", "pytest-randomly", "pytest-xdist", "hypothesis"),
    *("aiosmtpd", "openpyxl", "pyftpdlib", "pyopenssl"),
)
SILENT = ("--quiet", "--disable-pip-version-check", "--no-compile")


@dataclass(frozen=True)
class Line:
    """What is other than in `make test`: None is what that has."""

    python: str | None = None
    django: str | None = None
    postgres: int | None = None
    is_pooled: bool = False
    rows: int | None = None

    def __str__(self) -> str:
        named = {"Python": self.python, "Django": self.django, "PostgreSQL": self.postgres}
        words = [f"{name} {value}" for name, value in named.items() if value]
        words += ["behind PgBouncer"] if self.is_pooled else []
        return ", ".join([*words, f"{self.rows:,} rows"] if self.rows else words)


OURS = f"{sys.version_info.major}.{sys.version_info.minor}"  # `make test` has run on it.
PYTHONS = (Line(python="3.11"), Line(python="3.12"), Line(python="3.13", django=NEWEST))
LINES = (
    *(line for line in PYTHONS if line.django or line.python != OURS),
    *(Line(postgres=15), Line(is_pooled=True), Line(rows=1_000_000)),
)


class Absent(Exception):
    """Something that a line needs is not on the machine."""


def python_of(version: str) -> Path:
    """Return a Python of a version that does run: pyenv's shims are there for those that are not chosen, too.

    Raises:
        Absent
    """
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for found in (shutil.which(f"python{version}"), *reversed(of_pyenv)):
        if found and told(str(found), "--version").startswith(f"Python {version}."):
            return Path(found)
    raise Absent(f"no Python {version} here")


def programs_of(version: int) -> Path:
    """Return where Debian's package of a PostgreSQL has its programs.

    Raises:
        Absent
    """
    programs = Path(f"/usr/lib/postgresql/{version}/bin")
    if not (programs / "initdb").exists():
        raise Absent(f"no PostgreSQL {version} here (Debian has it in the package postgresql-{version})")
    return programs


def told(*command: str) -> str:
    """Return what a command prints, nothing where it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def prepared(line: Line) -> Path:
    """Return the Python of a line, with all that the tests need.

    Raises:
        Absent, subprocess.CalledProcessError
    """
    if line.python is None:
        return Path(sys.executable)
    found = python_of(line.python)
    home = HOME / re.sub(r"\W+", "-", str(line)).lower()
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([found, "-m", "venv", home], check=True)
    with tempfile.TemporaryDirectory() as folder:
        pins = [str(pinned(name, line, Path(folder))) for name in ("requirements.txt", "requirements-dev.txt")]
        django = ["--upgrade", "Django"] if line.django == NEWEST else []
        asked = ["--requirement", pins[0], "--constraint", pins[1], *TOOLS, *django]
        subprocess.run([python, "-m", "pip", "install", *SILENT, *asked], check=True, stderr=subprocess.DEVNULL)
    return python


def pinned(name: str, line: Line, folder: Path) -> Path:
    """Return a copy of a requirements file, without the Django that a line has another of."""
    rows = (ROOT / name).read_text().splitlines(keepends=True)
    copy = folder / name
    copy.write_text("".join(row for row in rows if not (line.django and row.startswith("django=="))))
    return copy


def run(line: Line) -> bool:
    """Run the tests of a line, what failed of them once more and alone, and tell whether it passed then."""
    python = prepared(line)
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = own | servers_of(line)
    tests = DEPLOYED if line.is_pooled else PLANS if line.rows else TESTS
    command = [str(python), "-m", "pytest", "-q", "-o", f"cache_dir={HOME / 'cache'}"]
    ways = (["-n", "2", *tests], [*tests, "--last-failed", "-n", "0"])
    return any(subprocess.run([*command, *way], cwd=ROOT, env=environment, check=False).returncode == 0 for way in ways)


def servers_of(line: Line) -> dict[str, str]:
    """Return what the tests have set to find the servers of a line.

    Raises:
        Absent
    """
    found = {}
    if line.postgres:
        found["POSTGRES_PROGRAMS"] = str(programs_of(line.postgres))
    if line.is_pooled and not pgbouncer.PROGRAM:
        raise Absent(pgbouncer.ABSENT)
    if line.is_pooled:
        found[pgbouncer.SWITCH] = "true"
    if line.rows:
        found["PLAN_ROWS"] = str(line.rows)
    return found


def results() -> Iterator[str]:
    for line in LINES:
        begun = time.monotonic()
        try:
            outcome = "passed" if run(line) else "FAILED"
        except Absent as exc:
            outcome = f"not checked: {exc}"
        except subprocess.CalledProcessError:
            outcome = "FAILED: its packages could not be installed"
        yield f"smoke: {line}: {outcome} ({time.monotonic() - begun:.0f} s)"


def main() -> int:
    ended = []
    for result in results():
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
        ended.append(result)
    return any("FAILED" in result for result in ended)


if __name__ == "__main__":
    sys.exit(main())
