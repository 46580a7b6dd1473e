"""What rows of a file say: quickly, as lines for COPY, or thoroughly, as a write or as every fault of the row.

Both ways ask the readers of the entity's validator, so that a row obeys the rules that a pushed record obeys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connector.edge.errors import Fault
from datasources.importing import numbers
from datasources.importing.fields import ESCAPES, Field, Get, TextColumn, has_special
from datasources.importing.grid import Rows, are_wide
from datasources.importing.header import Header, fields_of
from datasources.importing.keys import Keys
from datasources.importing.numbers import Plain, Texts
from datasources.importing.processors import OF_ENTITY, Processor
from datasources.models import FileImportType, Import
from entities.schema import EntitySchema, schemas

QUANTITY, AMOUNT = "quantity", "amount"


@dataclass(frozen=True, slots=True)
class Way:
    """How the files of an import are read."""

    schema: EntitySchema
    processor: Processor
    partner: str
    principal: str
    date_format: str
    decimal_comma: bool
    multiplies: bool
    party_owns: bool

    @classmethod
    def of(cls, import_: Import) -> Way:
        processor = OF_ENTITY[import_.entity]
        schema = schemas()[import_.entity]
        logins = import_.party.logins.order_by("pk").values_list("principal", flat=True)
        return cls(
            schema=schema,
            processor=processor,
            partner=str(import_.partner_id),
            principal=logins.first() or import_.party.name,
            date_format=import_.date_format,
            decimal_comma=import_.decimal_comma,
            multiplies=not import_.amount_calculated and {QUANTITY, AMOUNT} <= schema.leaves.keys(),
            party_owns=import_.file_import_type == FileImportType.PARTY and bool(processor.owner),
        )


@dataclass(slots=True)
class Lines:
    """What rows say, by their places: a line for COPY and the key; no line where a row is at fault.

    `columns` are those at fault, where they alone are.
    """

    texts: list[str | None]
    keys: Sequence[str | None]
    columns: dict[int, list[str]] = field(default_factory=dict)


class Reader:
    """Reads the rows of one file; a row has a cell for each column of the header."""

    def __init__(self, way: Way, header: Header) -> None:
        self.way = way
        self.fields = {
            leaf.column or "": self.field(name, header)
            for name, leaf in fields_of(way.schema).items()
            if name in header.sources or (way.party_owns and leaf.column == way.processor.owner)
        }
        self.width = header.width
        self.keys = Keys(way.schema, way.partner)
        self.multiplies = way.multiplies and {QUANTITY, AMOUNT} <= self.fields.keys()
        if self.multiplies:
            self.plain_amounts = Plain(self.fields[AMOUNT].leaf)
        self.columns = ["partner", way.schema.key.column, *self.fields]

    def field(self, name: str, header: Header) -> Field:
        leaf = fields_of(self.way.schema)[name]
        source = header.sources.get(name)
        way = self.way
        get: Get = source.getter(header.places) if source else lambda _row: ""
        column = ("+".join(source.columns) if source else "") or name
        field = Field(leaf, get, column, date_format=way.date_format, decimal_comma=way.decimal_comma)
        if way.party_owns and leaf.column == way.processor.owner:
            field.get = owned_by(way.principal, get)
        elif source and source.only_column:
            field.place = header.places[source.only_column]
        return field

    def key_texts(self, rows: Rows) -> list[str | None]:
        """Return the keys of rows alone, None for those that have none."""
        columns: dict[str, Sequence[str | None]] = {}
        for column in self.keys.columns:
            if column in self.fields:
                field = self.fields[column]
                cells = field.cells(rows)
                columns[column] = cells if isinstance(field.read, TextColumn) else field.read(cells)
        return self.keys.of(columns, len(rows))

    def lines(self, rows: Rows) -> Lines:
        """Return what rows say, as far as that is sure; the others must be judged thoroughly."""
        cells = {column: field.cells(rows) for column, field in self.fields.items()}
        texts = {column: self.fields[column].texts(rows, of_column) for column, of_column in cells.items()}
        plain = {
            column: cells[column] if isinstance(self.fields[column].read, TextColumn) else texts[column]
            for column in self.keys.columns
            if column in cells
        }
        keys = self.keys.of(plain, len(rows))
        faulty = columns_at_fault({column: read for column, read in texts.items() if read is not cells[column]})
        whole = self.without_either(cells, len(rows)) | places_of_none(keys) | self.multiply(texts)
        together = zip([self.way.partner] * len(rows), escape_keys(keys), *texts.values(), strict=True)
        bad = faulty.keys() | whole
        if not bad:
            return Lines(list(map("\t".join, together)), keys)
        lines = [None if place in bad else "\t".join(line) for place, line in enumerate(together)]
        return Lines(lines, keys, {place: columns for place, columns in faulty.items() if place not in whole})

    def multiply(self, texts: dict[str, Texts]) -> set[int]:
        """Make amounts of one those of their lines, and return the places of what has no place in the column."""
        if not self.multiplies:
            return set()
        before = places_of_none(texts[AMOUNT])
        texts[AMOUNT] = numbers.of_lines(texts[QUANTITY], texts[AMOUNT], self.plain_amounts)
        return places_of_none(texts[AMOUNT]) - before

    def without_either(self, cells: dict[str, list[str]], count: int) -> set[int]:
        """Return the places of rows that have none of the ways to name what every row names, such as its sku."""
        either = self.way.processor.either
        ways = [[cells[column] for column in way] for way in either if all(column in cells for column in way)]
        if not either or any(all(all(of_column) for of_column in way) for way in ways):
            return set()
        return {place for place in range(count) if not any(all(of_column[place] for of_column in way) for way in ways)}


def columns_at_fault(texts: Mapping[str, Texts]) -> dict[int, list[str]]:
    """Return the columns in which a row could not be read, by the row's place."""
    found: dict[int, list[str]] = {}
    for column, of_column in texts.items():
        for place in places_of_none(of_column):
            found.setdefault(place, []).append(column)
    return found


def places_of_none(texts: Sequence[str | None]) -> set[int]:
    return {place for place, text in enumerate(texts) if text is None} if None in texts else set()


def owned_by(principal: str, get: Get) -> Get:
    return lambda row: get(row) or principal


def escape_keys(keys: Sequence[str | None]) -> Sequence[str | None]:
    """Return keys as COPY takes them."""
    return [key and key.translate(ESCAPES) for key in keys] if has_special(keys) else keys


def shaped(rows: Rows, numbers: Sequence[int], width: int) -> tuple[Rows, Sequence[int], dict[int, list[Fault]]]:
    """Return the rows that have a cell for each column, with their numbers, and the faults of the others.

    Empty cells beyond the last column are passed over.
    """
    if are_wide(rows, width):
        return rows, numbers, {}
    cut = [row[:width] if len(row) > width and not any(row[width:]) else row for row in rows]
    pairs = list(zip(numbers, cut, strict=True))
    ragged = {number: [ragged_fault(len(row), width)] for number, row in pairs if len(row) != width}
    good = [(number, row) for number, row in pairs if len(row) == width]
    return [row for _, row in good], [number for number, _ in good], ragged


def ragged_fault(cells: int, width: int) -> Fault:
    return Fault("", "ragged", f"The row has {cells} cells where the header has {width}.")
