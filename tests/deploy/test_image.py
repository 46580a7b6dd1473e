"""The image has what it needs, and its commands run on nothing but what is copied into it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.deploy.manifests import DEPLOY, ROOT

FILE = (DEPLOY / "Dockerfile").read_text()
IGNORED = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
# An instruction goes on where a line ends with a backslash.
INSTRUCTIONS = [line.replace("\\\n", " ") for line in re.findall(r"^[A-Z]+ (?:.*\\\n)*.*$", FILE, re.MULTILINE)]
COPIED = [shlex.split(line)[1:] for line in INSTRUCTIONS if line.startswith("COPY ") and "--from" not in line]
SOURCES = [source for words in COPIED for source in words[:-1]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the build stage copies."""
    folder = tmp_path_factory.mktemp("app")
    for *sources, target in COPIED:
        for source in sources:
            place = folder / target / Path(source).name if target.endswith("/") else folder / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__", "demo"))
            else:
                shutil.copy(ROOT / source, place)
    return folder


def run(command: str, app: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell's command as the image does: in its folder, with its Python, and with nothing else set."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=app,
        env={"PATH": path, **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_copied_is_there_and_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert f"!{source}" in IGNORED


def test_every_room_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["importlinter"]["root_packages"]) <= set(SOURCES)


def test_build_runs_on_what_is_copied(app: Path) -> None:
    (command,) = (line.removeprefix("RUN ") for line in INSTRUCTIONS if "collectstatic" in line)
    done = run(command, app)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (app / "static" / "admin" / "css" / "base.css").exists()


def test_web_server_starts_on_what_is_copied(app: Path) -> None:
    servers = {name: os.environ[name] for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")}
    done = run("python -m gunicorn --check-config -c deploy/gunicorn.conf.py", app, DEBUG="false", **servers)
    assert done.returncode == 0, done.stderr


def test_servers_of_development_are_left_out() -> None:
    (line,) = (line for line in INSTRUCTIONS if "pip uninstall" in line)
    removed = set(line.partition("pip uninstall --yes ")[2].split())
    pinned = dict(
        re.findall(
            r"^([\w.-]+)(?:\[.*\])?==\S+\n((?:    #.*\n)+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE
        )
    )
    assert removed <= set(pinned)
    wanted = {name for name in removed for user in re.findall(r"^ +# +(?:via )?([\w.-]+)$", pinned[name], re.MULTILINE) if user not in removed | {"via"}}  # fmt: skip
    assert wanted == set()


def test_user_of_the_image_is_not_privileged_and_known_by_number() -> None:
    last = FILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001:10001"]
    assert "HEALTHCHECK" in last
