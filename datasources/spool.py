"""Where files lie whole before they are imported, by the number of their import."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"import-([0-9]{1,18})(?:\.|\Z)")


class Gone(Exception):
    """The file of an import is not in the spool of this machine."""


def folder() -> Path:
    """Return the spool, which is made where it is not there."""
    path: Path = settings.CONNECTOR_SPOOL_DIR
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(import_id: int) -> Path:
    """Return where the file of an import lies, or is to lie; the names of partners never become paths."""
    return folder() / f"import-{import_id}"


def number_of(path: Path) -> int | None:
    """Return of which import a file is, or a copy beside it; None where it is of none."""
    found = NAME.match(path.name)
    return int(found[1]) if found else None


def remove(import_id: int) -> None:
    path_of(import_id).unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
