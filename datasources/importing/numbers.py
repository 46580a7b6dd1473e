"""Numbers of a column, a chunk of them at a time: which are well as they stand, and amounts of one made of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import cast

from entities.schema.fields import FieldSchema
from entities.schema.readers import Number

NULL = r"\N"  # As COPY has it.
CENT = Decimal("0.0001")  # As exact as the column of amounts is.
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)  # More digits than any two numbers of ours have.
decimal = lru_cache(maxsize=1000)(Decimal)
Texts = Sequence[str | None]


class Plain:
    """Knows numbers that a field takes for sure: not too long in any part, and nothing else to them."""

    def __init__(self, leaf: FieldSchema) -> None:
        pattern = pattern_of(leaf)
        self.one = re.compile(pattern)
        self.lines = re.compile(rf"(?:{pattern}\n)*+")

    def has(self, value: object) -> bool:
        return isinstance(value, str) and self.one.fullmatch(value) is not None

    def has_all(self, texts: Sequence[str]) -> bool:
        """Tell whether all of a column are such numbers; to ask for all of them at once is a fraction of the work."""
        lines = "\n".join([*texts, ""])
        return self.lines.fullmatch(lines) is not None and lines.count("\n") == len(texts)  # Cells may have lines too.


def pattern_of(leaf: FieldSchema) -> str:
    """Return what matches a plain number, and nothing where the field takes none for sure; it never goes back."""
    if not isinstance(leaf.reader, Number) or leaf.reader.bounds:
        return r"(?!)"
    whole, decimals = leaf.reader.digits - leaf.reader.decimals, leaf.reader.decimals
    fraction = rf"(?:\.[0-9]{{1,{decimals}}}+)?+" if decimals else ""
    return rf"-?+[0-9]{{1,{whole}}}+{fraction}"


def of_lines(quantities: Texts, amounts: Texts, plain: Plain) -> Texts:
    """Return what amounts of one become for so many, as far as both can be read; None where the column has no place."""
    if not (None in quantities or None in amounts or NULL in amounts):
        return products(cast("list[str]", quantities), cast("list[str]", amounts), plain)
    pairs = enumerate(zip(quantities, amounts, strict=True))
    read = {place: (one, other) for place, (one, other) in pairs if one and other and other != NULL}
    of_both = products([one for one, _ in read.values()], [other for _, other in read.values()], plain)
    found = dict(zip(read, of_both, strict=True))
    return [found.get(place, amount) for place, amount in enumerate(amounts)]


def products(quantities: Sequence[str], amounts: Sequence[str], plain: Plain) -> Texts:
    """Return the product of each pair, None where the column has no place for it; few have to be rounded."""
    exact = list(map(str, map(EXACT.multiply, map(decimal, quantities), map(Decimal, amounts))))
    if plain.has_all(exact):
        return exact
    return [text if plain.has(text) else None for text in map(product, quantities, amounts)]


def product(quantity: str, amount: str) -> str:
    """Return the amount of so many, as exact as its column holds it."""
    return str(EXACT.quantize(EXACT.multiply(decimal(quantity), Decimal(amount)), CENT))
