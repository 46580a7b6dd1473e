r"""From cells of a file to what a field of the layout takes, read by the field's own reader.

A whole column of a chunk is read at once, as PostgreSQL's COPY writes it: NULL as `\N`, None where a cell is at fault.
What is wrong with it is told by `rows.Judge`, which reads that row again as if it had been pushed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from datasources.importing.grid import Rows, are_clean, column
from datasources.importing.numbers import NULL, Plain, Texts
from entities.schema.fields import FieldSchema
from entities.schema.moments import Date
from entities.schema.readers import Invalid, Text, plain

THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?")
SPECIAL = "\\\t\n\r\x00"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
REMEMBERED = 20_000
SPOKEN = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
Get = Callable[[Sequence[str]], str]


class Field:
    """A field of the layout that a file has a column for; `get` takes its cell from a row."""

    def __init__(self, leaf: FieldSchema, get: Get, column: str, *, date_format: str, decimal_comma: bool) -> None:
        self.leaf = leaf
        self.get = get
        self.place: int | None = None  # Of the column, where the cell is nothing but what stands there.
        self.column = column
        self.spell = speller(leaf, date_format=date_format, decimal_comma=decimal_comma)
        self.read = reader_of(leaf, self.spell)

    def cells(self, rows: Rows) -> list[str]:
        if self.place is None:
            return [self.get(row) for row in rows]
        cells = column(rows, self.place)
        return cells if are_clean(rows) else list(map(str.strip, cells))

    def texts(self, rows: Rows, cells: list[str]) -> Texts:
        """Return these cells of rows as COPY takes them."""
        if self.place is not None and are_clean(rows) and isinstance(self.read, TextColumn):
            return self.read.of_clean(cells)
        return self.read(cells)


def reader_of(leaf: FieldSchema, spell: Callable[[str], Any]) -> Callable[[list[str]], Texts]:
    """Return what reads the cells of a column."""
    empty = None if leaf.required else NULL
    if type(leaf.reader) is Text:
        return TextColumn(leaf.reader.max_length, empty)
    return ReadColumn(leaf, spell, empty)


class TextColumn:
    """A column of texts, of which only the length is a rule."""

    def __init__(self, longest: int | None, empty: str | None) -> None:
        self.longest = longest or 1_000_000_000
        self.empty = empty

    def __call__(self, cells: list[str]) -> Texts:
        return [self.one(cell) for cell in cells] if has_special(cells) else self.of_clean(cells)

    def of_clean(self, cells: list[str]) -> Texts:
        """Return cells that have nothing special."""
        if max(map(len, cells), default=0) > self.longest:
            return [self.one(cell) for cell in cells]
        return cells if all(cells) else [cell or self.empty for cell in cells]

    def one(self, cell: str) -> str | None:
        if len(cell) > self.longest or "\x00" in cell:
            return None
        return cell.translate(ESCAPES) or self.empty


class Remembered(dict[str, str | None]):
    """What cells are read as; most columns of a file say the same few things again and again."""

    def __init__(self, read: Callable[[str], str | None], empty: str | None) -> None:
        self.read = read
        self.empty = empty
        super().__init__()

    def __missing__(self, cell: str) -> str | None:
        text = self[cell] = self.read(cell) if cell else self.empty
        return text

    def limit(self) -> None:
        if len(self) > REMEMBERED:
            self.clear()


class ReadColumn:
    """A column whose cells the field's reader judges, each distinct one once."""

    def __init__(self, leaf: FieldSchema, spell: Callable[[str], Any], empty: str | None) -> None:
        self.leaf = leaf
        self.spell = spell
        self.remembered = Remembered(self.one, empty)
        self.plain = Plain(leaf)

    def __call__(self, cells: list[str]) -> Texts:
        if self.spell is str and self.plain.has_all(cells):
            return cells
        self.remembered.limit()
        return list(map(self.remembered.__getitem__, cells))

    def one(self, cell: str) -> str | None:
        assert self.leaf.reader is not None  # noqa: S101 (only objects have none)
        try:
            value = self.spell(cell)
            return value if self.plain.has(value) else copied(self.leaf.reader.read(value))
        except Invalid:
            return None


def has_special(texts: Sequence[str | None]) -> bool:
    """Tell whether one of these texts stands in COPY otherwise than it is."""
    together = "".join(filter(None, texts))
    return any(char in together for char in SPECIAL)


def copied(value: Any) -> str | None:
    """Return a value as COPY takes it, None where it cannot."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    return None if "\x00" in value else str(value).translate(ESCAPES)


def point_for_comma(cell: str) -> str:
    """Return a number that has a decimal comma with a point; points may only set thousands apart, or 12.5 were 125."""
    if "." in cell and not THOUSANDS.fullmatch(cell):
        raise Invalid("invalid_number", "must be a number, such as 1.234,5")
    return cell.replace(".", "").replace(",", ".")


def speller(leaf: FieldSchema, *, date_format: str, decimal_comma: bool) -> Callable[[str], Any]:
    """Return what makes of a cell the value that a sender of JSON would have sent.

    What it returns raises `Invalid` where a cell is not in the form that the source declares.
    """
    if leaf.type == "number" and decimal_comma:
        return point_for_comma
    if leaf.type == "date" and date_format:
        declared = Date(date_format)
        return lambda cell: declared.read(cell).isoformat()
    if leaf.type == "boolean":
        return lambda cell: SPOKEN.get(cell.casefold(), cell)
    return str
