"""What can go wrong with a partner's server, each in a sentence that names no secret and quotes no answer of it.

RemoteFailed
├── OutboundRefused   our own policy forbids to dial there
├── Unreachable       it cannot be dialled, falls silent or cuts the connection
├── LoginRefused      user, password or key are refused
├── FolderMissing     the working directory is not there
├── IdentityChanged   it is not the server of the first connection; the source is stopped
└── ListingTooLong    its folder has more files than are looked at
FileFailed
├── FileGone          the file vanished
├── FileChanged       the file is still being written
└── FileTooLarge
"""

from __future__ import annotations

from typing import TypeVar

Cause = TypeVar("Cause", bound=BaseException)


class RemoteFailed(Exception):
    """The server of a data source cannot be used."""


class OutboundRefused(RemoteFailed):
    pass


class Unreachable(RemoteFailed):
    pass


class LoginRefused(RemoteFailed):
    pass


class FolderMissing(RemoteFailed):
    pass


class IdentityChanged(RemoteFailed):
    pass


class ListingTooLong(RemoteFailed):
    pass


class FileFailed(Exception):
    """One file cannot be fetched, and the others can."""


class FileGone(FileFailed):
    pass


class FileChanged(FileFailed):
    pass


class FileTooLarge(FileFailed):
    pass


def chained(exc: BaseException | None, kind: type[Cause]) -> Cause | None:
    """Return the error of this kind in the chain of an exception: libraries wrap what our own parts raise in them."""
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        if isinstance(exc, kind):
            return exc
        seen.add(id(exc))
        exc = exc.__cause__ or exc.__context__ or getattr(exc, "kwargs", {}).get("error")
    return None
