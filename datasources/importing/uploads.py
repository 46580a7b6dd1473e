"""Files that are sent to us instead of being fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from datasources import spool
from datasources.importing import copies
from datasources.models import Import, Run, RunState, Trigger
from partners.models import Partner
from sync.work import wake


def upload(*, partner: Partner, name: str, processor_type: int, file: UploadedFile[Any]) -> Import:
    """Put a file into the spool and return its import, which a worker goes on with."""
    import_ = Import(partner=partner, name=name[:255], processor_type=processor_type)
    import_.file_name = shown_name(file.name or name)
    return spooled(import_, file)


def upload_ours(*, entity: str, asked_by: str, file: UploadedFile[Any]) -> Import:
    """Put a person's file into the spool and return its import, which is tried first and then waits for them."""
    name = shown_name(file.name or entity)
    return spooled(Import(entity=entity, asked_by=asked_by, name=name, file_name=name), file)


def spooled(import_: Import, file: UploadedFile[Any]) -> Import:
    draft = spool.folder() / f"upload-{uuid4().hex}"
    try:
        import_.digest = write(file, draft)
        begin(import_, draft)
    finally:
        draft.unlink(missing_ok=True)
    return import_


def write(file: UploadedFile[Any], to: Path) -> str:
    """Write a file that was sent; return its digest."""
    digest = hashlib.sha256()
    with to.open("wb") as out:
        for block in file.chunks():
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


@transaction.atomic
def begin(import_: Import, draft: Path) -> None:
    """Store the import with a run of its own, and give it its file."""
    run = Run.objects.create(partner=import_.partner, trigger=Trigger.UPLOAD, state=RunState.IMPORTING)
    import_.run, import_.file_size = run, draft.stat().st_size
    import_.save()
    copies.forget(import_.pk)
    draft.rename(spool.path_of(import_.pk))  # Before the commit: a worker may look for it at once.
    transaction.on_commit(wake.workers)


def shown_name(name: str) -> str:
    """Return the name of a file as text that is safe to show."""
    return "".join(char if char.isprintable() else "\ufffd" for char in name)[:255]
