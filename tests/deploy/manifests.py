"""What the files of deploy/ say, read as their programs read them."""

from __future__ import annotations

import runpy
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from configparser import RawConfigParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.stack.programs import processes

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHECK = runpy.run_path(str(DEPLOY / "check.py"))
PYTHONS = {"python", "/opt/connector/current/.venv/bin/python"}


def of_the_stack() -> dict[str, list[str]]:
    """Return the arguments with which Python runs each process of `make run`, paths as seen from the checkout."""
    return {program.name: [word.replace(f"{ROOT}/", "") for word in program.command[1:]] for program in processes()}


def of_compose() -> dict[str, list[str]]:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return {name: after_python(service["command"]) for name, service in services.items() if "build" in service}


def of_kubernetes() -> dict[str, list[str]]:
    return {
        resource["metadata"]["name"]: after_python(container_of(resource)["command"])
        for resource in production()
        if resource["kind"] in {"Deployment", "Job"}
    }


def of_systemd() -> dict[str, list[str]]:
    return {unit: after_python(shlex.split(command)) for unit, command in starts()}


def starts() -> Iterator[tuple[str, str]]:
    """Yield each unit, its instances apart, with the command that it runs."""
    for unit in CHECK["UNITS"]:
        if unit.endswith(".service") and unit != "connector-migrate.service":
            stem, _, instance = unit.removesuffix(".service").partition("@")
            command = unit_of(f"{stem}{'@' if instance else ''}.service")["Service"]["ExecStart"]
            yield unit, command.replace("%i", instance).replace("%%", "%")


def unit_of(name: str) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(DEPLOY / "systemd" / name)
    return parser


def after_python(command: Sequence[str]) -> list[str]:
    return list(command[1:]) if command[0] in PYTHONS else list(command)


@cache
def production() -> list[dict[str, Any]]:
    """Return the resources of the production overlay as kubectl builds them."""
    kubectl = shutil.which("kubectl", path=CHECK["PATH"])
    if not kubectl:
        pytest.skip("There is no kubectl here; requirements-dev.txt has one for Linux.", allow_module_level=True)
    command = [kubectl, "kustomize", str(DEPLOY / "kubernetes" / "production")]
    return list(yaml.safe_load_all(subprocess.run(command, check=True, capture_output=True).stdout))


def resources(kind: str) -> list[dict[str, Any]]:
    return [resource for resource in production() if resource["kind"] == kind]


def pods() -> dict[str, dict[str, Any]]:
    templated = [resource for resource in production() if resource["kind"] in {"Deployment", "Job"}]
    return {resource["metadata"]["name"]: resource["spec"]["template"] for resource in templated}


def container_of(resource: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = resource["spec"]["template"]["spec"]["containers"][0]
    return container
