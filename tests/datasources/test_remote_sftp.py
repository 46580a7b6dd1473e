"""SFTP: host keys, and private keys with a passphrase."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from datasources.models import DataSource
from datasources.remote.errors import IdentityChanged, LoginRefused, Unreachable
from datasources.remote.opening import open_remote
from tests.datasources.conftest import allow
from tests.datasources.factories import make_source
from tests.datasources.folders import Folder
from tests.datasources.sftp_server import CLIENT_KEY, HOST_KEY, OTHER_HOST_KEY, sftp_server

pytestmark = pytest.mark.django_db


def public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode().strip()


def by_key(folder: Folder, key: asyncssh.SSHKey, sealed: str | None = None, **overrides: Any) -> DataSource:
    text = key.export_private_key(passphrase=sealed).decode()
    declared = {"authentication_type": "CERTIFICATE", "password": "", "private_key_file": text}
    return make_source(**{**folder.source, **declared, "passphrase": sealed or "", **overrides})


def test_host_key_is_pinned_at_the_first_connection(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    with open_remote(source):
        pass
    assert DataSource.objects.get().host_key == public(HOST_KEY)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"], ids=["of the same kind", "of another kind"])
def test_changed_host_key_is_refused(sftp: Folder, kind: str) -> None:
    known = OTHER_HOST_KEY if kind == "ssh-ed25519" else asyncssh.generate_private_key(kind)
    source = make_source(**sftp.source, host_key=public(known))
    with pytest.raises(IdentityChanged):
        until_it_is_told(source)
    assert DataSource.objects.get().host_key == public(known)


def until_it_is_told(source: DataSource) -> None:
    """Connect until it is not the server that hangs up first: it sees as well that no key suits both."""
    for _ in range(20):
        with suppress(Unreachable), open_remote(source):
            pass


def test_password_is_not_told_to_a_server_of_another_key(tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    told: list[str] = []
    monkeypatch.setattr("tests.datasources.sftp_server.Door.validate_password", lambda *args: told.append(args) is None)
    with sftp_server(tmp_path, OTHER_HOST_KEY) as port:
        folder = allow(settings, Folder({"data_source_type": "SFTP", "host": f"127.0.0.1:{port}"}, tmp_path))
        with pytest.raises(IdentityChanged), open_remote(make_source(**folder.source, host_key=public(HOST_KEY))):
            pass
    assert told == []


def test_two_first_connections_pin_one_key(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    DataSource.objects.update(host_key=public(OTHER_HOST_KEY))
    with pytest.raises(IdentityChanged), open_remote(source):
        pass


def test_key_of_a_server_is_not_pinned_where_another_is_named_by_now(sftp: Folder) -> None:
    source = make_source(**sftp.source)
    DataSource.objects.update(host="other.example.com")
    with pytest.raises(Unreachable, match="changed meanwhile"), open_remote(source):
        pass
    assert DataSource.objects.get().host_key is None


@pytest.mark.parametrize("passphrase", [None, "of the key"], ids=["bare", "with a passphrase"])
def test_private_key_opens(sftp: Folder, passphrase: str | None) -> None:
    sftp.put("a.csv", b"1")
    with open_remote(by_key(sftp, CLIENT_KEY, passphrase)) as remote:
        assert [entry.name for entry in remote.entries()] == ["a.csv"]


def test_key_that_the_server_does_not_know_is_refused(sftp: Folder) -> None:
    with pytest.raises(LoginRefused, match="refuses"), open_remote(by_key(sftp, OTHER_HOST_KEY)):
        pass


@pytest.mark.parametrize("wrong", [{"passphrase": "another"}, {"passphrase": ""}, {"private_key_file": "no key"}])
def test_key_that_cannot_be_read_is_told(sftp: Folder, wrong: dict[str, str]) -> None:
    with (
        pytest.raises(LoginRefused, match="cannot be read"),
        open_remote(by_key(sftp, CLIENT_KEY, "of the key", **wrong)),
    ):
        pass


def test_link_to_a_file_is_a_file_and_others_are_none(sftp: Folder) -> None:
    sftp.put("a.csv", b"12")
    (sftp.local / "link.csv").symlink_to("a.csv")
    (sftp.local / "broken.csv").symlink_to("nothing")
    (sftp.local / "folder").mkdir()
    (sftp.local / "to-folder").symlink_to("folder")
    with open_remote(make_source(**sftp.source)) as remote:
        assert sorted((entry.name, entry.size) for entry in remote.entries()) == [("a.csv", 2), ("link.csv", 2)]
