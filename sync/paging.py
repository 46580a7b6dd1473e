"""Which page a mass-sync request asks for (contract section 2, "Mass synchronisation")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import structlog

from connector.edge.errors import BadRequest, Fault, shown

log = structlog.get_logger(__name__)

PER_PAGE = 100
MOST_PER_PAGE = 1000
HIGHEST_PAGE = 10**12
KNOWN = {"page", "per_page", "offset", "limit"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page by number, from 1, of so many records each."""

    number: int
    size: int


def asked_page(query: Mapping[str, str]) -> Page:
    """Return the page that the query asks for: by page and per_page, or by offset and limit; none is the first.

    Raises:
        BadRequest: with every parameter that is wrong.
    """
    note_unknown(frozenset(query) - KNOWN)
    faults: list[Fault] = []
    by_offset = "offset" in query or "limit" in query
    size = whole(query, "limit" if by_offset else "per_page", PER_PAGE, (1, MOST_PER_PAGE), faults)
    if by_offset:
        offset = whole(query, "offset", 0, (0, HIGHEST_PAGE), faults)
        if not faults and offset % size:
            faults.append(Fault("offset", "invalid_offset", f"offset must be a multiple of limit ({size}).", offset))
        number = offset // size + 1
    else:
        number = whole(query, "page", 1, (1, HIGHEST_PAGE), faults)
    if by_offset and query.keys() & {"page", "per_page"}:
        faults.append(Fault("page", "ambiguous_page", "Send page and per_page, or offset and limit, not both."))
    if faults:
        raise BadRequest(faults=faults)
    return Page(number, size)


def whole(query: Mapping[str, str], name: str, default: int, bounds: tuple[int, int], faults: list[Fault]) -> int:
    text = query.get(name)
    if text is None:
        return default
    low, high = bounds
    if text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high:
        return int(text)
    message = f"{name} must be a whole number from {low} to {high}."
    faults.append(Fault(name, f"invalid_{name}", message, shown(text)))
    return default


@lru_cache(maxsize=1000)
def note_unknown(names: frozenset[str]) -> None:
    """Log parameters that nobody published, once, so that the real platform's choice is seen on its first day."""
    if names:
        log.warning("unknown_paging_parameters", names=sorted(name[:100] for name in names)[:20])
