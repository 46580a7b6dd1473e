"""`Served`: a page of mass synchronisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Served:
    """The records of a page as JSON, and what its headers and `detail` say of it."""

    items: Sequence[bytes]
    headers: Mapping[str, str]
    detail: Mapping[str, str] = field(default_factory=dict)
