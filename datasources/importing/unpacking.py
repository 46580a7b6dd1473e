"""Files that hold the file: gzip, and zip with one file in it. What they hold is written out, up to limits."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import IO

from django.conf import settings

from datasources.importing.errors import BadFile

BLOCK = 1024 * 1024
RATIO = 200  # Text becomes a tenth, and what repeats itself a fiftieth.
SMALL = 10 * BLOCK  # Up to so much any ratio is well.
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PACKED = ("gzip", "zip")
WORKBOOK = "[Content_Types].xml"
OF_MACS = "__MACOSX/"  # What macOS adds to every zip, beside the file itself.


def kind_of(path: Path) -> str:
    """Return what a file is: "gzip", "zip", "xlsx" or "text".

    Raises:
        BadFile: it is a workbook of an Excel that is too old, or a broken zip.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(GZIP):
        return "gzip"
    if start == OLD_EXCEL:
        raise BadFile("It is a workbook of an old Excel, or one with a password; save it as xlsx without one.")
    if start != ZIP:
        return "text"
    try:
        with zipfile.ZipFile(path) as archive:
            return "xlsx" if WORKBOOK in archive.namelist() else "zip"
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as exc:  # The others of a damaged directory in it.
        raise BadFile("The zip file is damaged.") from exc


def unpack(path: Path, kind: str, to: Path) -> None:
    """Write what a packed file holds.

    Raises:
        BadFile: it is damaged, holds not one file, or more than the limits allow.
    """
    try:
        if kind == "gzip":
            with gzip.open(path) as packed:
                copy(packed, path.stat().st_size, to)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(only_member(archive)) as packed:
                copy(packed, path.stat().st_size, to)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as exc:
        raise BadFile(f"The {kind} file is damaged, or packed in a way that is not known.") from exc


def only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not (member.is_dir() or member.filename.startswith(OF_MACS))]
    if len(members) != 1:
        raise BadFile(f"The zip file holds {len(members)} files; it must hold one.")
    return members[0]


def copy(packed: IO[bytes] | gzip.GzipFile, packed_size: int, to: Path) -> None:
    size = 0
    with to.open("wb") as out:
        while block := packed.read(BLOCK):
            size += len(block)
            check_size(size, packed_size)
            out.write(block)


def check_size(size: int, packed_size: int) -> None:
    """See that what is unpacked stays within the limits."""
    limit = settings.CONNECTOR_FILE_LIMIT
    if size > limit:
        raise BadFile(f"It holds more than the {limit:,} bytes that a file may have.")
    if size > max(SMALL, packed_size * RATIO):
        raise BadFile(f"It unpacks to more than {RATIO} times its size, which no file of rows does.")
