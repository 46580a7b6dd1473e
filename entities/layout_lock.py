"""The layout lock: what the data layout promised, so that a change which would break Dsync's mappings is seen in time.

A lock is a committed JSON file with what a mapping stands on, by treekey, defaults left out. It holds no tokens. One
that is written with the database answering also holds the SHA-256 of every entity token, by which a changed token is
seen; a token's 128 random bits cannot be found from it. Tokens are a deployment's own, so that such a lock is kept
with the deployment and not with the code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

# What the layout says where it says nothing else.
DEFAULTS = {
    "type": None,  # Always said.
    "multiple": False,
    "required": False,
    "primary_key": False,
    "foreign_key": None,
    "date_format": None,
    "bool_settings": None,
}
Promise = dict[str, Any]


class Lock(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What each entity promised: its fields by treekey, and the fingerprint of its token where one is known."""

    entities: dict[str, dict[str, Promise]]
    token_fingerprints: dict[str, str] = {}

    @classmethod
    def of(cls, layout: list[dict[str, Any]]) -> Lock:
        """Return the lock of a data layout; entities without a token have no fingerprint."""
        return cls(
            {entity["entity_name"]: dict(promises(entity["fields"])) for entity in layout},
            {
                entity["entity_name"]: sha256(entity["entity_token"].encode()).hexdigest()
                for entity in layout
                if entity["entity_token"]
            },
        )

    @classmethod
    def read(cls, raw: bytes) -> Lock:
        """Read a lock file.

        Raises:
            msgspec.MsgspecError: it is none.
        """
        return msgspec.json.decode(raw, type=cls)

    def written(self) -> str:
        return laid_out(msgspec.to_builtins(self), levels=3) + "\n"


def promises(fields: list[dict[str, Any]]) -> Iterator[tuple[str, Promise]]:
    for item in fields:
        yield item["treekey"], {name: item[name] for name in DEFAULTS if item[name] != DEFAULTS[name]}
        yield from promises(item.get("fields", []))


def laid_out(value: Any, levels: int, indent: str = "") -> str:
    """Return JSON in lines down to a level, so that a diff shows one field a line."""
    if not levels or not isinstance(value, dict):
        return json.dumps(value)
    inner = indent + "  "
    members = ",\n".join(f"{inner}{json.dumps(name)}: {laid_out(value[name], levels - 1, inner)}" for name in value)
    return f"{{\n{members}\n{indent}}}"


FOR_MAPPINGS = "Mappings that use it send or expect what no longer fits: they must be drawn anew in Dsync."
FOR_NOBODY = "Mappings go on as they are."
NEEDED = "Creates that do not send it are refused until their mappings do."
MEANINGS = {
    "was removed": "Mappings that use it stop working: they must be drawn anew in Dsync.",
    "was added": "Mappings go on as they are; it can be mapped once Dsync has read the layout again.",
    "was added and is required": NEEDED,
    "became required": NEEDED,
    "has another token": "Dsync's calls are refused until it has read the layout again.",
}


@dataclass(frozen=True)
class Change:
    """One difference from the lock; a breaking one stops a mapping that works today."""

    place: str
    what: str
    is_breaking: bool = field(default=True)

    @property
    def meaning(self) -> str:
        """What the difference means for Dsync."""
        return MEANINGS.get(self.what, FOR_MAPPINGS if self.is_breaking else FOR_NOBODY)

    def __str__(self) -> str:
        return f"{'breaking' if self.is_breaking else 'compatible'}: {self.place} {self.what}"


def changes(locked: Lock, current: Lock) -> Iterator[Change]:
    """Yield every difference, entity by entity."""
    for name in sorted(locked.entities.keys() | current.entities.keys()):
        if name not in current.entities:
            yield Change(name, "was removed")
        elif name not in locked.entities:
            yield Change(name, "was added", is_breaking=False)
        else:
            yield from field_changes(locked.entities[name], current.entities[name])


def field_changes(locked: Mapping[str, Promise], current: Mapping[str, Promise]) -> Iterator[Change]:
    for treekey in [*locked, *(treekey for treekey in current if treekey not in locked)]:
        if treekey not in current:
            yield Change(treekey, "was removed")
        elif treekey not in locked:
            is_required = bool(current[treekey].get("required"))
            yield Change(treekey, "was added" + " and is required" * is_required, is_required)
        else:
            yield from promise_changes(treekey, DEFAULTS | locked[treekey], DEFAULTS | current[treekey])


def promise_changes(treekey: str, before: Promise, after: Promise) -> Iterator[Change]:
    for name in DEFAULTS:
        if before[name] == after[name]:
            continue
        if name == "required":
            yield Change(treekey, "became required" if after[name] else "became optional", after[name])
        else:
            is_breaking = not (name == "foreign_key" and before[name] is None)
            yield Change(treekey, f"changed {name} from {said(before[name])} to {said(after[name])}", is_breaking)


def token_changes(locked: Lock, current: Lock) -> Iterator[Change]:
    """Yield every entity whose token is not the one that the lock remembers."""
    for name, fingerprint in sorted(locked.token_fingerprints.items()):
        if name in current.entities and current.token_fingerprints.get(name) != fingerprint:
            yield Change(name, "has another token")


def said(value: Any) -> str:
    return msgspec.json.encode(value).decode()
