"""Folders on servers of every kind: listed, fetched whole, and gone on with after a cut."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

import pytest

from datasources.remote.entries import Entry
from datasources.remote.errors import FileChanged, FileGone, FileTooLarge, FolderMissing, LoginRefused, Unreachable
from datasources.remote.fetching import fetch
from datasources.remote.listing import Listing, list_files
from datasources.remote.opening import open_remote
from tests.datasources.factories import make_source
from tests.datasources.folders import Folder

pytestmark = pytest.mark.django_db
BIG = bytes(range(256)) * 8 * 1024  # 2 MB


def listed(folder: Folder, **overrides: object) -> Listing:
    source = make_source(**{**folder.source, **overrides})
    with open_remote(source) as remote:
        return list_files(remote, source)


def fetched(folder: Folder, entry: Entry, spool: Path) -> bool:
    with open_remote(make_source(**folder.source)) as remote:
        return fetch(remote, entry, spool)


def names(folder: Folder) -> list[str]:
    return [entry.name for entry in listed(folder).files]


def test_listing_tells_files_with_size_and_time(folder: Folder) -> None:
    folder.put("sales.csv", b"a;b\n")
    (found,) = listed(folder).files
    assert (found.name, found.size) == ("sales.csv", 4)
    assert found.modified is not None


@pytest.mark.parametrize("name", ["two words.csv", "Größe.csv", "a#b?c&d.csv", "-rf.csv", " lead.csv", "100%.csv"])
def test_file_of_an_odd_name_is_fetched(folder: Folder, name: str, tmp_path: Path) -> None:
    folder.put(name, b"content")
    (entry,) = listed(folder).files
    assert entry.name == name
    assert fetched(folder, entry, tmp_path / "spooled")
    assert (tmp_path / "spooled").read_bytes() == b"content"


def test_empty_folder_has_no_files(folder: Folder) -> None:
    folder.put("x", b"")
    folder.remove("x")
    assert names(folder) == []


def test_file_larger_than_a_block_is_fetched_whole(folder: Folder, tmp_path: Path) -> None:
    folder.put("big.csv", BIG)
    (entry,) = listed(folder).files
    assert fetched(folder, entry, tmp_path / "spooled")
    assert (tmp_path / "spooled").read_bytes() == BIG


def test_cut_off_file_is_gone_on_with(folder: Folder, tmp_path: Path) -> None:
    folder.put("big.csv", BIG)
    (entry,) = listed(folder).files
    spool = tmp_path / "spooled"
    folder.cuts.extend([1_000_000] * 20)  # S3's client asks again by itself, some times.
    with pytest.raises(Unreachable):
        fetched(folder, entry, spool)
    folder.cuts.clear()
    assert fetched(folder, entry, spool)
    assert spool.read_bytes() == BIG


def test_fetching_stops_when_the_time_is_up_and_goes_on_from_there(folder: Folder, tmp_path: Path) -> None:
    folder.put("big.csv", BIG * 8)
    (entry,) = listed(folder).files
    spool = tmp_path / "spooled"
    with open_remote(make_source(**folder.source)) as remote:
        assert not fetch(remote, entry, spool, until=0)
    assert 0 < spool.stat().st_size < entry.size
    assert fetched(folder, entry, spool)
    assert spool.read_bytes() == BIG * 8


def test_two_workers_never_write_one_file(sftp: Folder, tmp_path: Path) -> None:
    sftp.put("sales.csv", b"content")
    (entry,) = listed(sftp).files
    with (tmp_path / "spooled").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unreachable):
            fetched(sftp, entry, tmp_path / "spooled")
    assert fetched(sftp, entry, tmp_path / "spooled")
    assert (tmp_path / "spooled").read_bytes() == b"content"


def test_vanished_file_is_told(folder: Folder, tmp_path: Path) -> None:
    folder.put("sales.csv", b"content")
    (entry,) = listed(folder).files
    folder.remove("sales.csv")
    with pytest.raises(FileGone):
        fetched(folder, entry, tmp_path / "spooled")


def test_file_that_grew_is_left_for_later(folder: Folder, tmp_path: Path) -> None:
    folder.put("sales.csv", b"content")
    (entry,) = listed(folder).files
    folder.put("sales.csv", b"content and more")
    with pytest.raises(FileChanged):
        fetched(folder, entry, tmp_path / "spooled")


def test_file_over_the_limit_is_refused_before_it_is_fetched(folder: Folder, tmp_path: Path, settings: Any) -> None:
    settings.CONNECTOR_FILE_LIMIT = 6
    folder.put("sales.csv", b"content")
    (entry,) = listed(folder).files
    with pytest.raises(FileTooLarge):
        fetched(folder, entry, tmp_path / "spooled")
    assert not (tmp_path / "spooled").exists()


def test_listing_has_all_of_10000_files(folder: Folder) -> None:
    for number in range(10_000):
        folder.put(f"{number:05}.csv", b"")
    assert names(folder) == [f"{number:05}.csv" for number in range(10_000)]


def test_missing_folder_is_told(folder: Folder) -> None:
    with pytest.raises(FolderMissing):
        listed(folder, working_directory="/nowhere/at/all")


@pytest.mark.parametrize("folder", ["ftp", "sftp"], indirect=True)
def test_wrong_password_is_told(folder: Folder) -> None:
    with pytest.raises(LoginRefused):
        listed(folder, password="another")


def test_name_of_bytes_that_are_no_text_is_fetched_and_shown_escaped(sftp: Folder, tmp_path: Path) -> None:
    sftp.put(b"sales-\xff.csv", b"content")
    (entry,) = listed(sftp).files
    assert entry.name == "sales-\\xff.csv"
    assert fetched(sftp, entry, tmp_path / "spooled")


@pytest.mark.parametrize("folder", ["sftp", "s3"], indirect=True)
@pytest.mark.parametrize("name", ["a\x07b.csv", "line\nbreak.csv"])
def test_name_with_control_characters_is_refused_and_told(folder: Folder, name: str) -> None:
    folder.put(name, b"")
    folder.put("good.csv", b"")
    found = listed(folder)
    assert [entry.name for entry in found.files] == ["good.csv"]
    assert list(found.refused.values()) == ["Its name has control characters."]
    assert all(shown.isprintable() for shown in found.refused)


@pytest.mark.parametrize("name", [".hidden.csv", "sales.csv.part", "sales.csv.filepart", "sales.tmp"])
def test_hidden_or_unfinished_file_is_left_alone(folder: Folder, name: str) -> None:
    folder.put(name, b"")
    found = listed(folder)
    assert found.files == []
    assert found.refused == {name: "Its name is that of a hidden or unfinished file."}


def test_server_that_is_away_is_told(folder: Folder, settings: Any) -> None:
    settings.CONNECTOR_OUTBOUND_PORTS = ["1"]
    with pytest.raises(Unreachable):
        listed(folder, host="127.0.0.1:1")
