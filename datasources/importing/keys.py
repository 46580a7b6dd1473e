"""The keys of a chunk's records, a whole column at once: what `KeySchema.settle` makes of each row, where it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from connector.edge.headers import is_printable
from entities.fields import Part
from entities.schema import EntitySchema
from entities.schema.keys import KEY_LENGTH, escaped

Texts = Sequence[str | None]


class Keys:
    """Makes the keys of an entity whose key is made of several fields; `partner` is the first of them."""

    def __init__(self, schema: EntitySchema, partner: str) -> None:
        assert schema.key.composite is not None  # noqa: S101 (all that files bring have such a key)
        self.partner = escaped(partner, ":")
        self.parts = [part for part in schema.key.composite.parts if part != "partner"]
        self.columns = [column for column in schema.key.composite.columns() if column != "partner"]

    def of(self, columns: Mapping[str, Texts], count: int) -> list[str | None]:
        """Return the key of each row, None where a part of it is not there or the key cannot be addressed."""
        nothing: Texts = [None] * count
        parts = [part_texts(part, lambda column: columns.get(column, nothing)) for part in self.parts]
        if len(parts) == 1:
            return self.checked([None if text is None else f"{self.partner}:{text}" for text in parts[0]])
        return self.checked([self.joined(texts) for texts in zip(*parts, strict=True)])

    def joined(self, texts: Sequence[str | None]) -> str | None:
        return None if None in texts else ":".join([self.partner, *texts])  # type: ignore[list-item]  # none is None

    def checked(self, keys: list[str | None]) -> list[str | None]:
        """Return the keys without those that cannot be addressed; to look at all of them at once is enough mostly."""
        there = list(filter(None, keys))
        everything = "".join(there)
        if everything.isascii() and everything.isprintable() and max(map(len, there), default=0) <= KEY_LENGTH:
            return keys
        return [key if key is not None and len(key) <= KEY_LENGTH and is_printable(key) else None for key in keys]


def part_texts(part: Part, of: Callable[[str], Texts]) -> Texts:
    """Return the texts of a part of the key, a row each."""
    if isinstance(part, str):
        return escape_all(of(part), ":")
    code, (kind, number) = part
    codes = escape_all(of(code), ":=")
    if all(codes):
        return codes
    pairs = zip(escape_all(of(kind), ":="), escape_all(of(number), ":"), strict=True)
    return [
        text or (f"{kind_text}={number_text}" if kind_text and number_text else None)
        for text, (kind_text, number_text) in zip(codes, pairs, strict=True)
    ]


def escape_all(texts: Texts, separators: str) -> Texts:
    """Return texts as parts of a key hold them, None for what is empty."""
    everything = "".join(filter(None, texts))
    if any(char in everything for char in f"\\{separators}"):
        return [escaped(text, separators) if text else None for text in texts]
    return texts if all(texts) else [text or None for text in texts]
