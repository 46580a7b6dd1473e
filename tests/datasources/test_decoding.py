from __future__ import annotations

from pathlib import Path

import pytest

from datasources.importing.decoding import encoding_of
from datasources.importing.errors import BadFile

TEXTS = {
    "cp1252": "t1,Café crème brûlée €5\n",
    "cp1253": "t1,κατάστημα,γάλα φρέσκο\n" * 20,
    "cp949": "t1,가게,우유 상자입니다\n" * 20,
}


@pytest.mark.parametrize(("encoding", "text"), TEXTS.items(), ids=TEXTS)
def test_encoding_is_found_by_what_the_text_looks_like(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(("transactionId,name\n" + text).encode(encoding))
    assert encoding_of(path) == encoding


def test_encoding_is_utf8_although_a_character_lies_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * (1024 * 1024 - 1) + "ö\n".encode())
    assert encoding_of(path) == "utf-8"


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 100)
    with pytest.raises(BadFile, match="no text file"):
        encoding_of(path)
