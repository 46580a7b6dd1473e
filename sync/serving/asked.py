"""What a mass-sync request asks for: a page of a walk, changes, or to go on by a cursor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import structlog

from connector.edge.errors import BadRequest, Fault, add_faults, shown
from entities.schema.moments import DateTime
from entities.schema.readers import Invalid
from sync.serving.cursors import PageOfWalk, Reader, Rest, Start, expired
from sync.serving.paging import Page, asked_page, asked_size

log = structlog.get_logger(__name__)

OF_PAGES = ("page", "offset", "limit")
OF_CHANGES = ("changed_since", "deletions")
KNOWN = {"cursor", "per_page", *OF_PAGES, *OF_CHANGES}
MOMENT = DateTime()


@dataclass(frozen=True, slots=True)
class Since:
    """The changes since a cursor or a time, so many on a page."""

    start: Start | datetime
    size: int
    with_deletions: bool


Query = Mapping[str, str]
Asked = Page | PageOfWalk | Since | Rest


def asked(query: Query, reader: Reader) -> Asked:
    """Return what the query asks for.

    Raises:
        BadRequest: with every parameter that is wrong.
    """
    note_unknown(frozenset(query) - KNOWN)
    faults: list[Fault] = []
    read = asked_cursor if "cursor" in query else asked_changes if "changed_since" in query else asked_walk
    found = read(query, reader, faults)
    if found is None or faults:
        raise BadRequest(faults=faults)
    return found


def asked_cursor(query: Query, reader: Reader, faults: list[Fault]) -> Asked | None:
    refuse_beside("cursor", query, KNOWN - {"cursor"}, "it says the same", faults)
    cursor = reader.opened(query["cursor"])
    if isinstance(cursor, PageOfWalk | Rest):
        return cursor
    add_faults(faults, [expired("cursor", query["cursor"])])
    return None


def asked_changes(query: Query, reader: Reader, faults: list[Fault]) -> Asked | None:
    refuse_beside("changed_since", query, OF_PAGES, "changes go on by Next-Cursor", faults)
    start = asked_start(query["changed_since"], reader)
    if start is None:
        add_faults(faults, [expired("changed_since", query["changed_since"])])
    size = asked_size(query, "per_page", faults)
    with_deletions = asked_deletions(query, faults)
    return Since(start, size, with_deletions) if start else None


def asked_walk(query: Query, _reader: Reader, faults: list[Fault]) -> Asked | None:
    if "deletions" in query:
        message = "deletions goes with changed_since; a walk has living records alone."
        faults.append(Fault("deletions", "invalid_deletions", message))
    return asked_page(query, faults)


def refuse_beside(name: str, query: Query, others: Iterable[str], reason: str, faults: list[Fault]) -> None:
    """Add a fault where parameters are sent together of which only one can be followed."""
    sent = " and ".join(other for other in sorted(others) if other in query)
    if sent:
        faults.append(Fault(name, f"ambiguous_{name}", f"Send {name} without {sent}: {reason}."))


def asked_start(text: str, reader: Reader) -> Start | datetime | None:
    """Return the cursor or the time from which changes are asked for; a `+` that came unescaped is a space."""
    cursor = reader.opened(text)
    if isinstance(cursor, Start):
        return cursor
    try:
        moment: datetime = MOMENT.read(text.replace(" ", "+") if "T" in text else text)
    except Invalid:
        return None
    return moment


def asked_deletions(query: Query, faults: list[Fault]) -> bool:
    text = query.get("deletions", "0")
    if text not in {"0", "1"}:
        faults.append(Fault("deletions", "invalid_deletions", "deletions must be 0 or 1.", shown(text)))
    return text == "1"


@lru_cache(maxsize=1000)
def note_unknown(names: frozenset[str]) -> None:
    """Log parameters that nobody published, once, so that the real platform's choice is seen on its first day."""
    if names:
        log.warning("unknown_paging_parameters", names=sorted(name[:100] for name in names)[:20])
