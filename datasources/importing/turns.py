"""The turns of an import's chunks: one is committed only where the one before it was.

Who moves an import on to a row holds a lock on that place from the beginning of its transaction, and who begins there
waits for that lock. It is PostgreSQL that waits, so that it sees when two wait for each other.
"""

from __future__ import annotations

from datasources.importing.table import Chunk
from datasources.models import Import, ImportState
from sync.delivery import entering


class Overtaken(Exception):
    """The import is not where it was: it was cancelled, or somebody else has imported this chunk."""


def begin(import_: Import, chunk: Chunk) -> None:
    """Have whoever begins where a chunk ends wait until this transaction ends."""
    entering.lock("import", place(import_, chunk.position))


def wait(import_: Import, chunk: Chunk) -> None:
    """Wait until the chunk before has come to its end, if it has begun."""
    entering.lock("import", place(import_, chunk.before))


def place(import_: Import, row: int) -> str:
    return f"{import_.pk} at {row}"


def fence(import_: Import, chunk: Chunk) -> None:
    """Hold the import's row, so that a chunk is imported once, whoever else is at it.

    Raises:
        Overtaken
    """
    here = {"pk": import_.pk, "position": chunk.before, "state": ImportState.PROCESSING}
    if not Import.objects.select_for_update(of=("self",)).filter(**here).exists():
        raise Overtaken
