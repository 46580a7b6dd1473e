"""What a development stack makes up once and keeps."""

from __future__ import annotations

import base64
from pathlib import Path

from connector.edge.environment import Environment
from connector.stack import credentials

EMBEDDED = {"DATABASE_URL": "postgres://connector@/connector?host=/a%20b", "REDIS_URL": "unix:///a%20b/valkey.sock"}


def test_kept_is_what_was_made_once(tmp_path: Path) -> None:
    made = credentials.keep(tmp_path / "credentials", EMBEDDED)
    assert credentials.keep(tmp_path / "credentials", EMBEDDED) == made


def test_file_is_closed_to_others_even_if_it_was_open(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("ADMIN_PASSWORD=known\n")
    file.chmod(0o644)
    assert credentials.keep(file, {})["ADMIN_PASSWORD"] == "known"
    assert file.stat().st_mode & 0o777 == 0o600


def test_address_of_an_own_server_goes_when_another_is_used(tmp_path: Path) -> None:
    credentials.keep(tmp_path / "credentials", EMBEDDED)
    assert "DATABASE_URL" not in credentials.keep(tmp_path / "credentials", {"REDIS_URL": EMBEDDED["REDIS_URL"]})


def test_what_was_stored_later_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    credentials.store(file, {**credentials.keep(file, {}), "AUTH_TOKEN": "token"})
    assert credentials.keep(file, {})["AUTH_TOKEN"] == "token"


def test_settings_read_what_was_written(tmp_path: Path) -> None:
    written = credentials.keep(tmp_path / "credentials", EMBEDDED)
    environment = Environment({"SECRET_KEY": "set"})
    environment.complete(credentials.read(tmp_path / "credentials"))
    assert {**written, "SECRET_KEY": "set"} == environment.ENVIRON


def test_field_key_has_the_32_bytes_of_a_fernet_key(tmp_path: Path) -> None:
    assert len(base64.urlsafe_b64decode(credentials.keep(tmp_path / "credentials", {})["FIELD_KEYS"])) == 32
