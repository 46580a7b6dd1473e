"""What a run was done with: how much of it, on which machine, with which versions of both sides."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import parser
from benchmarks.bench import Bench
from benchmarks.singer import TARGET
from benchmarks.theirs import PYTHON

OURS = ("Django", "gunicorn", "psycopg", "msgspec", "celery")
THEIRS = ("Django", "djangorestframework", "gunicorn", "psycopg", "celery", "procrastinate", "django-ninja")
FURTHER = ("fastapi", "uvicorn", "pydantic", "asyncpg", "dlt")
SINGER = ("meltanolabs-target-postgres",)
VERSIONS = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
def known(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None
print(json.dumps({name: known(name) for name in sys.argv[1:]}))
"""


def surroundings(bench: Bench) -> dict[str, Any]:
    return {
        "quick": bench.quick,
        "growth": bench.growth,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "parser": parser.in_use(),
        "python": platform.python_version(),
        "postgresql": server_version(bench),
        "valkey": valkey_version(bench),
        "ours": versions(Path(sys.executable), OURS),
        "theirs": versions(PYTHON, THEIRS + FURTHER) | versions(TARGET.with_name("python"), SINGER),
    }


def versions(python: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the versions of these packages in an environment; what is not there has none."""
    if not python.exists():
        return {}
    done = subprocess.run([python, "-c", VERSIONS, *names], check=True, stdout=subprocess.PIPE, text=True)
    return {name: version for name, version in json.loads(done.stdout).items() if version}


def server_version(bench: Bench) -> str:
    with bench.ours.database() as connection:
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
        return str(version)


def valkey_version(bench: Bench) -> str:
    with bench.ours.valkey() as client:
        told = client.info("server")
        return str(told.get("valkey_version") or told["redis_version"])
