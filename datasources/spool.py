"""Where files lie whole before they are imported, by the number of their import."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings


class Gone(Exception):
    """The file of an import is not in the spool of this machine."""


def path_of(import_id: int) -> Path:
    """Return where the file of an import lies, or is to lie; the names of partners never become paths."""
    folder: Path = settings.CONNECTOR_SPOOL_DIR
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"import-{import_id}"


def remove(import_id: int) -> None:
    path_of(import_id).unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
