"""What a person decides about an import: that it ends, or that it goes on although it was held."""

from __future__ import annotations

from datasources import spool
from datasources.importing import copies
from datasources.models import Import, ImportState


def cancel(import_: Import) -> bool:
    """End an import that has not ended; what is imported stays. Tell whether this ended it."""
    ended = import_.end(ImportState.CANCELLED, "It was cancelled.")
    if ended:
        copies.remove(spool.path_of(import_.pk))
    return ended


def release(import_: Import) -> bool:
    """Let a held import go on; tell whether it was held."""
    return import_.move(ImportState.PENDING, state=ImportState.WAITING, is_released=True, reason="")
