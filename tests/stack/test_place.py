"""Where a stack keeps what is its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.stack.errors import StackError
from connector.stack.place import Place


@pytest.fixture
def temp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temp directory of the system that holds nothing yet and lets every user pass."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_everything_is_in_run_dir_where_that_is_possible(temp: Path) -> None:
    place = Place.of(temp / "run")
    assert (place.home, place.sockets) == (temp / "run", temp / "run")


def test_sockets_of_a_deep_folder_are_in_temp_and_its_data_are_not(temp: Path) -> None:
    deep = temp / "deep" / ("x" * 100)
    place = Place.of(deep)
    assert (place.home, place.sockets.parent) == (deep, temp)
    assert Place.of(deep) == place


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is needed only for root")
def test_data_are_in_temp_where_the_system_user_cannot_enter(temp: Path) -> None:
    (temp / "closed").mkdir(mode=0o700)
    place = Place.of(temp / "closed" / "run")
    assert (place.home.parent, place.sockets) == (temp, place.home)
    assert (temp / "closed").stat().st_mode & 0o777 == 0o700


def test_a_folder_in_temp_that_is_a_link_is_refused(temp: Path) -> None:
    deep = temp / ("x" * 100)
    elsewhere = Place.of(deep).sockets
    elsewhere.rmdir()
    elsewhere.symlink_to(temp)
    with pytest.raises(StackError, match="somebody else"):
        Place.of(deep)


def test_lock_names_who_holds_it_and_ends_with_its_block(temp: Path) -> None:
    place = Place.of(temp / "run")
    told = pytest.raises(StackError, match="already runs here: http://first")
    with place.lock("http://first"), told, place.lock("http://second"):
        pass
    with place.lock("http://second"):
        assert (temp / "run" / "lock").read_text() == "http://second"
