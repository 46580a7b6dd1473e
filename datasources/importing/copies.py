"""The copy of a file that is read: UTF-8 text, whatever the file came as. Where it came so, it is the file itself.

Copies lie beside the file, under its name and a suffix. Each appears whole or not at all: others may be reading it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from datasources import spool
from datasources.importing import decoding, sheet, unpacking
from datasources.importing.errors import BadFile
from datasources.models.import_ import FileType, Import

UNPACKED = (".unpacked", ".unpacked-again")  # A zip in a gzip; a third box is one too many.
ROWS, REPEATS = ".rows", ".repeats"


@dataclass(frozen=True, slots=True)
class Copy:
    """Where the text is, and what the file was."""

    path: Path
    file_type: FileType
    encoding: str


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def repeats_of(path: Path) -> Path:
    return beside(path, REPEATS)


def made(path: Path) -> Path:
    """Return the copy that was made of a file before, which is the file itself where there is none."""
    copies = (beside(path, suffix) for suffix in (ROWS, *reversed(UNPACKED)))
    return next((copy for copy in copies if copy.exists()), path)


def remove(path: Path) -> None:
    """Remove all that was made beside a file, which itself stays."""
    for copy in path.parent.glob(f"{path.name}.*"):
        copy.unlink(missing_ok=True)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what is written takes its place at the end, unless the block raises."""
    draft = beside(path, f".{uuid4().hex}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def make(import_: Import, path: Path) -> Copy:
    """Return the copy of an import's file that is read; it is made anew where one is needed.

    Raises:
        BadFile: nothing can be read of it.
    """
    source, kind = unpacked(path)
    rows = beside(path, ROWS)
    if kind == "xlsx":
        from_sheet(import_, source, rows)
        return Copy(rows, FileType.EXCEL, kind)
    encoding = decoding.encoding_of(source)
    if encoding == "utf-8" and has_lines(source):
        return Copy(source, FileType.CSV, encoding)
    with whole(rows) as draft:
        decoding.transcode(source, encoding, draft)
    return Copy(rows, FileType.CSV, encoding)


def unpacked(path: Path) -> tuple[Path, str]:
    """Return the file that is in a file, which may be itself, and what it is."""
    source, kind = path, unpacking.kind_of(path)
    for suffix in UNPACKED:
        if kind not in unpacking.PACKED:
            break
        with whole(beside(path, suffix)) as draft:
            unpacking.unpack(source, kind, draft)
        source = beside(path, suffix)
        kind = unpacking.kind_of(source)
    if kind in unpacking.PACKED:
        raise BadFile("It is packed more than twice.")
    return source, kind


def forget(import_id: int) -> None:
    """Remove what lies under the number of a new import: before a restore of the database it was another's."""
    spool.remove(import_id)
    remove(spool.path_of(import_id))


def has_lines(path: Path) -> bool:
    """Tell whether lines end as the reader takes them, and not by a carriage return alone."""
    with path.open("rb") as file:
        start = file.read(64 * 1024)
    return b"\n" in start or b"\r" not in start


def from_sheet(import_: Import, path: Path, rows: Path) -> None:
    declared = [import_.date_format, "," if import_.decimal_comma else "."]
    with whole(rows) as draft:
        command = [sys.executable, "-I", sheet.__file__, str(path), str(draft), *declared]
        ended = subprocess.run(command, check=False, capture_output=True).returncode
        if ended == sheet.TOO_LONG:
            raise BadFile(f"The sheet has more than {sheet.ROWS:,} rows.")
        if ended:
            raise BadFile("The workbook cannot be read.")
