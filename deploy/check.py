"""Judge what deploys the connector by schemas and by the programs that read it: part of `make check`.

`python deploy/check.py [FOLDER]`. A program that this machine does not have is told of in a line, and is no failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
UNITS = (
    "connector.target",
    "connector-web.service",
    "connector-worker@celery.service",
    "connector-worker@effects.service",
    "connector-worker@files.service",
    "connector-beat.service",
    "connector-dispatch@1.service",
    "connector-migrate.service",
)
EXPOSURE = 20  # Of 100, as systemd counts what a service may do: 100 is everything.


def main(deploy: Path) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        faults = [fault for check in CHECKS for fault in check(deploy, Path(scratch))]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return bool(faults)


def check_image(deploy: Path, _scratch: Path) -> Iterator[str]:
    yield from run("hadolint", str(deploy / "Dockerfile"))


def check_compose(deploy: Path, _scratch: Path) -> Iterator[str]:
    file = str(deploy / "compose.yaml")
    yield from run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    yield from run("docker-compose", "--file", file, "config", "--quiet")


def check_proxy(deploy: Path, scratch: Path) -> Iterator[str]:
    yield from run(
        "caddy", "validate", "--adapter", "caddyfile", "--config", str(deploy / "Caddyfile"), HOME=str(scratch)
    )


def check_kubernetes(deploy: Path, scratch: Path) -> Iterator[str]:
    """Have kubectl build each folder, and its resources judged by Kubernetes' own schemas."""
    built = {folder: scratch / f"{folder}.yaml" for folder in ("base", "production")}
    for folder, file in built.items():
        yield from run("kubectl", "kustomize", str(deploy / "kubernetes" / folder), "--output", str(file))
    found = [str(file) for file in built.values() if file.exists()]
    if found:
        yield from run("kubernetes-validate", "--strict", *found)


def check_units(deploy: Path, scratch: Path) -> Iterator[str]:
    """Have systemd read the units as they are, but for the place where the connector is installed."""
    units = scratch / "units"
    shutil.copytree(deploy / "systemd", units)
    for file in [*units.rglob("*.service"), *units.rglob("*.conf")]:
        python = file.read_text().replace("/opt/connector/current/.venv/bin/python", sys.executable)
        file.write_text(python.replace("/opt/connector/current", str(scratch)))
    place = {"SYSTEMD_UNIT_PATH": f"{units}:/usr/lib/systemd/system:/lib/systemd/system"}
    yield from run("systemd-analyze", "verify", "--man=no", *UNITS, is_silent=True, **place)
    services = [unit for unit in UNITS if unit.endswith(".service")]
    yield from run(
        "systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE}", *services, **place
    )


def run(program: str, *arguments: str, is_silent: bool = False, **environment: str) -> Iterator[str]:
    """Yield what a program says where it refuses; systemd only grumbles, so that it must be silent."""
    found = shutil.which(program, path=PATH)
    if not found:
        sys.stdout.write(f"Not checked, as there is no {program} here: {program} {' '.join(arguments)}\n")
        return
    done = subprocess.run(
        [found, *arguments], check=False, capture_output=True, text=True, env={**os.environ, **environment}
    )
    if done.returncode or (is_silent and done.stdout + done.stderr):
        yield f"{program} {' '.join(arguments)}:\n{done.stdout}{done.stderr}"


CHECKS = (check_image, check_compose, check_proxy, check_kubernetes, check_units)

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE))
