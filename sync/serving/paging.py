"""Which page of a walk a mass-sync request asks for (contract section 2, "Mass synchronisation")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.edge.errors import Fault, shown

PER_PAGE = 100
MOST_PER_PAGE = 1000
HIGHEST_PAGE = 10**12


@dataclass(frozen=True, slots=True)
class Page:
    """A page by number, from 1, of so many records each."""

    number: int
    size: int


def asked_page(query: Mapping[str, str], faults: list[Fault]) -> Page:
    """Return the page that the query asks for: by page and per_page, or by offset and limit; none is the first."""
    before = len(faults)
    by_offset = "offset" in query or "limit" in query
    size = asked_size(query, "limit" if by_offset else "per_page", faults)
    if by_offset:
        offset = whole(query, "offset", 0, (0, HIGHEST_PAGE), faults)
        if len(faults) == before and offset % size:
            faults.append(Fault("offset", "invalid_offset", f"offset must be a multiple of limit ({size}).", offset))
        number = offset // size + 1
    else:
        number = whole(query, "page", 1, (1, HIGHEST_PAGE), faults)
    if by_offset and query.keys() & {"page", "per_page"}:
        faults.append(Fault("page", "ambiguous_page", "Send page and per_page, or offset and limit, not both."))
    return Page(number, size)


def asked_size(query: Mapping[str, str], name: str, faults: list[Fault]) -> int:
    return whole(query, name, PER_PAGE, (1, MOST_PER_PAGE), faults)


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
