"""`Served`: a page of mass synchronisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Served:
    """The records of a page, as JSON with commas between them, and what its headers and `detail` say of it."""

    items: bytes
    headers: Mapping[str, str]
    detail: Mapping[str, str] = field(default_factory=dict)


def joined(items: Iterable[str]) -> bytes:
    return ",".join(items).encode()
