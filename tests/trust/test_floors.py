"""No requirements file pins a release that an advisory warns of, whichever service answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.trust.audit import PINNED, ROOT


class Floor(NamedTuple):
    """The first release of a package without the weakness that an advisory tells of."""

    package: str
    version: str
    advisory: str


FLOORS = [
    Floor("aiohttp", "3.14.3", "CVE-2026-69244"),
    Floor("aiosmtpd", "1.4.6", "CVE-2024-34083"),
    Floor("asyncssh", "2.14.2", "CVE-2023-48795"),
    Floor("celery", "5.2.2", "CVE-2021-23727"),
    Floor("certifi", "2024.7.4", "CVE-2024-39689"),
    Floor("cryptography", "50.0.0", "CVE-2026-69247"),
    Floor("django", "5.2.17", "CVE-2026-15307"),
    Floor("djangorestframework", "3.18.2", "CVE-2026-73228"),
    Floor("flask", "3.1.1", "CVE-2025-47278"),
    Floor("flask-cors", "6.0.0", "CVE-2024-6866"),
    Floor("gunicorn", "23.0.0", "CVE-2024-6827"),
    Floor("h11", "0.16.0", "CVE-2025-43859"),
    Floor("httpx", "0.23.0", "CVE-2021-41945"),
    Floor("idna", "3.7", "CVE-2024-3651"),
    Floor("jinja2", "3.1.6", "CVE-2025-27516"),
    Floor("markdown-it-py", "2.2.0", "CVE-2023-26303"),
    Floor("pygments", "2.15.0", "CVE-2022-40896"),
    Floor("pyyaml", "5.4", "CVE-2020-14343"),
    Floor("redis", "4.5.4", "CVE-2023-28859"),
    Floor("requests", "2.32.4", "CVE-2024-47081"),
    Floor("setuptools", "78.1.1", "CVE-2025-47273"),
    Floor("sqlparse", "0.5.0", "CVE-2024-4340"),
    Floor("urllib3", "2.7.0", "CVE-2026-44432"),
    Floor("werkzeug", "3.1.4", "CVE-2025-66221"),
    Floor("wheel", "0.38.1", "CVE-2022-40898"),
    Floor("xmltodict", "0.15.1", "CVE-2025-9375"),
]


def pins(text: str) -> dict[str, Version]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {pin.name.lower(): Version(next(iter(pin.specifier)).version) for pin in found}


def under_their_floor(text: str) -> list[str]:
    """Return the advisories that warn of what a requirements file pins."""
    pinned = pins(text)
    return [
        f"{floor.package} {pinned[floor.package]}: {floor.advisory}"
        for floor in FLOORS
        if floor.package in pinned and pinned[floor.package] < Version(floor.version)
    ]


@pytest.mark.parametrize("file", PINNED, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_pin_is_under_its_floor(file: Path) -> None:
    assert under_their_floor(file.read_text()) == []


def test_a_pin_under_its_floor_is_found() -> None:
    assert under_their_floor("django==5.2.16\n    # via x\ngunicorn==23.0.0\n") == ["django 5.2.16: CVE-2026-15307"]


def test_each_floor_names_its_advisory_and_stands_once() -> None:
    assert all(re.fullmatch(r"CVE-\d{4}-\d{4,}|GHSA(-\w{4}){3}", floor.advisory) for floor in FLOORS)
    assert [floor.package for floor in FLOORS] == sorted({floor.package for floor in FLOORS})


def test_every_direct_requirement_is_pinned() -> None:
    wanted = {Requirement(line).name.lower() for line in lines_of("requirements.in")}
    assert wanted <= set(pins((ROOT / "requirements.txt").read_text()))


def lines_of(name: str) -> list[str]:
    return [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-"))]
