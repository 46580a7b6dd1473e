"""Which field of a new entity is its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entities.schema.keys import KEY_LENGTH
from entities.starter.draft import Draft
from entities.starter.sources import Record

WORDS = ("id", "key", "sku", "code", "number", "uuid", "ean", "reference")


def key_name(entity: str, chosen: str | None, names: Sequence[str], records: Sequence[Record]) -> str | None:
    """Return the key that a person chose, else the first name that sounds like one and never repeats a value."""
    if chosen is not None:
        return chosen
    likely = [*WORDS, *(f"{entity}_{word}" for word in WORDS), *(f"{entity}{word.capitalize()}" for word in WORDS)]
    ends = tuple(end for word in WORDS for end in (f"_{word}", word.capitalize()))
    candidates = [*(name for name in likely if name in names), *(name for name in names if name.endswith(ends))]
    return next((name for name in candidates if is_unique(name, records)), None)


def is_unique(name: str, records: Sequence[Record]) -> bool:
    values = [record.get(name) for record in records]
    is_key_like = all(isinstance(value, (str, int)) and value != "" for value in values)
    return is_key_like and len(set(values)) == len(values)


def with_key(drafts: Sequence[Draft], name: str | None, *, is_guessed: bool, problems: list[str]) -> tuple[Draft, ...]:
    """Return the drafts with one key; what stands against it is added to the problems."""
    keys = [draft for draft in drafts if draft.name == name]
    if not keys:
        problems.append(f"there is no field {name!r}" if name else "no field looks like the key; name it with --key")
        return tuple(drafts)
    if keys[0].kind not in {"text", "number"} or keys[0].multiple:
        problems.append(f"{name}: the key must be one text or number")
    return tuple(
        keyed(draft, "the key" if is_guessed else "") if draft is keys[0] else replace(draft, is_key=False)
        for draft in drafts
    )


def keyed(draft: Draft, reason: str) -> Draft:
    """Return the draft as the key: a text of a length that a header may have, or a whole number."""
    options = dict(draft.options)
    if draft.kind == "text":
        options["max_length"] = min(max(options.get("max_length", KEY_LENGTH), 64), KEY_LENGTH)
        guess = f"at most {options['max_length']} characters"
    else:
        options["decimal_places"] = 0
        guess = "a whole number"
    return replace(draft, options=tuple(options.items()), guess=guess).as_key(reason)
