from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.datasources.folders import KINDS, Folder, ftp_folder, s3_folder, sftp_folder
from tests.datasources.parties import Party, make_party


@pytest.fixture(autouse=True)
def _spool(settings: Any, tmp_path: Path) -> None:
    settings.CONNECTOR_SPOOL_DIR = tmp_path / "spool"


def allow(settings: Any, folder: Folder) -> Folder:
    settings.CONNECTOR_OUTBOUND_ALLOW = ["127.0.0.0/8", "::1/128"]
    settings.CONNECTOR_OUTBOUND_PORTS = [str(folder.port)]
    return folder


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[Folder]:
    """A folder on a server of every kind, which the operator allows."""
    with KINDS[request.param](tmp_path) as folder:
        yield allow(settings, folder)


@pytest.fixture
def ftp(tmp_path: Path, settings: Any) -> Iterator[Folder]:
    with ftp_folder(tmp_path) as folder:
        yield allow(settings, folder)


@pytest.fixture
def sftp(tmp_path: Path, settings: Any) -> Iterator[Folder]:
    with sftp_folder(tmp_path) as folder:
        yield allow(settings, folder)


@pytest.fixture
def s3(tmp_path: Path, settings: Any) -> Iterator[Folder]:
    with s3_folder(tmp_path) as folder:
        yield allow(settings, folder)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def party(db: None) -> Party:
    return make_party()


@pytest.fixture
def other(party: Party) -> Party:
    """A party of another partner, over a touchpoint of the same code."""
    return make_party("Other")
