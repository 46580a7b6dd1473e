"""FTP: TLS where it is offered, who the server is, where its data are, and servers of the older kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from datasources.models import DataSource
from datasources.remote.errors import IdentityChanged, OutboundRefused
from datasources.remote.ftp import FtpFolder
from datasources.remote.ftp_listing import of_line, of_reply
from datasources.remote.opening import open_remote
from tests.datasources.certificates import certificate
from tests.datasources.conftest import allow
from tests.datasources.factories import make_source
from tests.datasources.folders import Folder, ftp_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def tls(tmp_path: Path, settings: Any) -> Iterator[Folder]:
    with ftp_folder(tmp_path, certificate=certificate(tmp_path / "server.pem")) as folder:
        yield allow(settings, folder)


def content(source: DataSource) -> bytes:
    with open_remote(source) as remote:
        (entry,) = remote.entries()
        return b"".join(remote.read(entry, 0))


def test_tls_is_spoken_where_it_is_offered(tls: Folder) -> None:
    tls.put("a.csv", b"1")
    with open_remote(make_source(**tls.source)) as remote:
        assert isinstance(remote, FtpFolder)
        assert remote.control.sealed
        (entry,) = remote.entries()
        assert list(remote.read(entry, 0)) == [b"1"]


def test_server_that_insists_on_tls_is_served(tmp_path: Path, settings: Any) -> None:
    insisting = {"tls_control_required": True, "tls_data_required": True}
    with ftp_folder(tmp_path, certificate=certificate(tmp_path / "server.pem"), **insisting) as folder:
        folder.put("a.csv", b"1")
        assert content(make_source(**allow(settings, folder).source)) == b"1"


def test_certificate_of_no_authority_is_pinned(tls: Folder) -> None:
    source = make_source(**tls.source)
    with open_remote(source):
        assert source.host_key.startswith("tls:sha256:")
    with open_remote(source):
        pass


def test_certificate_of_an_authority_is_asked_for_again(tls: Folder, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    source = make_source(**tls.source)
    with open_remote(source):
        assert source.host_key == "tls:verified"
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(IdentityChanged), open_remote(source):
        pass


def test_other_certificate_stops_the_source(tls: Folder) -> None:
    with pytest.raises(IdentityChanged), open_remote(make_source(**tls.source, host_key=f"tls:sha256:{'0' * 64}")):
        pass


def test_server_that_spoke_tls_is_not_talked_to_without_it(ftp: Folder) -> None:
    with pytest.raises(IdentityChanged), open_remote(make_source(**ftp.source, host_key="tls:verified")):
        pass


# Where the data are


@contextmanager
def elsewhere(root: Path, settings: Any) -> Iterator[Folder]:
    """Serve as a server that names another host for its data."""
    with ftp_folder(root, masquerade_address="8.8.8.8", without=("EPSV",)) as folder:
        yield allow(settings, folder)


def test_data_on_another_host_are_refused(tmp_path: Path, settings: Any) -> None:
    with elsewhere(tmp_path, settings) as folder, pytest.raises(OutboundRefused):
        content(make_source(**folder.source))


def test_passive_mode_of_older_servers_is_used(tmp_path: Path, settings: Any) -> None:
    with ftp_folder(tmp_path, without=("EPSV",)) as folder:
        folder.put("a.csv", b"1")
        assert content(make_source(**allow(settings, folder).source)) == b"1"


def test_server_without_mlsd_is_listed_by_lines(tmp_path: Path, settings: Any) -> None:
    with ftp_folder(tmp_path, without=("MLSD", "MLST")) as folder:
        folder.put("two words.csv", b"1")
        assert content(make_source(**allow(settings, folder).source)) == b"1"


def test_name_of_bytes_that_are_no_text_is_fetched(tmp_path: Path, settings: Any) -> None:
    with ftp_folder(tmp_path, encoding="latin-1") as folder:
        folder.put("sales-ÿ.csv", b"1")
        with open_remote(make_source(**allow(settings, folder).source)) as remote:
            (entry,) = remote.entries()
            assert entry.name == "sales-\\xff.csv"
            assert list(remote.read(entry, 0)) == [b"1"]


# Listings


@pytest.mark.parametrize(
    ("line", "name", "size", "modified"),
    [
        ("-rw-r--r--   1 owner group   1234 Jan 31  2024 two words.csv", "two words.csv", 1234, datetime(2024, 1, 31, tzinfo=UTC)),
        ("-rw-r--r-- 1 owner 12 Dec  1  2023 a.csv", "a.csv", 12, datetime(2023, 12, 1, tzinfo=UTC)),
        ("01-31-24  01:05PM       1234 a.csv", "a.csv", 1234, datetime(2024, 1, 31, 13, 5, tzinfo=UTC)),
        ("-rw-r--r-- 1 owner group 1 Zap 99  2024 a.csv", "a.csv", 1, None),
    ],
    ids=["unix", "unix without a group", "dos", "no such day"],
)  # fmt: skip
def test_line_of_a_file_is_read(line: str, name: str, size: int, modified: datetime | None) -> None:
    entry = of_line("/sales", line)
    assert entry is not None
    assert (entry.name, entry.size, entry.modified) == (name, size, modified)


@pytest.mark.parametrize(
    "line",
    ["", "total 12", "drwxr-xr-x 2 owner group 4096 Jan 31 2024 old", "lrwxrwxrwx 1 o g 4 Jan 31 2024 a -> b",
     "01-31-24  01:05PM       <DIR>          old", "-rw-r--r--", f"-rw-r--r-- 1 o g {'9' * 19} Jan 31 2024 a"],
)  # fmt: skip
def test_line_of_anything_else_is_passed_over(line: str) -> None:
    assert of_line("/sales", line) is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "type=dir;size=1; old",
        "type=file; nosize.csv",
        "type=file;size=-1; a.csv",
        f"type=file;size={'9' * 19}; a.csv",
        "nonsense",
    ],
)
def test_facts_of_anything_else_are_passed_over(line: str) -> None:
    assert of_reply("/sales", line) is None


class EarlyIn2028(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> EarlyIn2028:
        return cls(2028, 1, 10, tzinfo=tz)


@pytest.mark.parametrize(
    ("day", "modified"), [("Dec 31", datetime(2027, 12, 31, 12, tzinfo=UTC)), ("Feb 29", None)], ids=["known", "none"]
)
def test_day_of_a_line_without_a_year_is_a_past_one(
    monkeypatch: pytest.MonkeyPatch, day: str, modified: datetime | None
) -> None:
    monkeypatch.setattr("datasources.remote.ftp_listing.datetime", EarlyIn2028)
    entry = of_line("/sales", f"-rw-r--r-- 1 owner group 7 {day} 12:00 a.csv")
    assert entry is not None
    assert entry.modified == modified


def test_file_without_a_time_has_none() -> None:
    entry = of_reply("/sales", "Type=file;Size=7;Modify=soon; a.csv")
    assert entry is not None
    assert (entry.size, entry.modified) == (7, None)
