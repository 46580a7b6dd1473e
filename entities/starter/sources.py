"""Reading the sample: records of JSON or CSV, or someone's data layout."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from entities.schema.readers import PLAIN_DECIMAL
from entities.starter.draft import Unfit

RECORDS_READ = 10_000
CELL_DIGITS = 15  # A longer number in a cell is rather a code.
DELIMITERS = ",;\t|"
Record = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """What a file holds: records, or the entities of a layout. `is_table` tells that every value came as text."""

    records: tuple[Record, ...] = ()
    layout: tuple[Record, ...] = ()
    is_table: bool = False


def read_source(path: Path) -> Source:
    """Read a sample file by its ending.

    Raises:
        Unfit: it cannot be read, or holds nothing to learn from.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise Unfit([f"{path} cannot be read as UTF-8 text: {exc}"]) from exc
    if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        return Source(records=tuple(table_records(text)), is_table=True)
    try:
        return source_of(json.loads(text, parse_float=Decimal, parse_constant=refuse_constant))
    except json.JSONDecodeError as exc:
        raise Unfit([f"{path} is not valid JSON at line {exc.lineno}, column {exc.colno}: {exc.msg}"]) from exc


def refuse_constant(name: str) -> None:
    raise Unfit([f"the sample has {name}, which is no JSON number"])


def source_of(value: Any) -> Source:
    if (layout := layout_in(value)) is not None:
        return Source(layout=tuple(layout))
    records = value if isinstance(value, list) else [value]
    if not records or not all(isinstance(record, dict) and record for record in records):
        raise Unfit(["the sample must be a JSON object that has members, or a list of such objects"])
    return Source(records=tuple(records[:RECORDS_READ]))


def layout_in(value: Any) -> list[Record] | None:
    """Return the entities of a data layout, None when the value is none."""
    for name in ("data", "data_layout"):
        value = value.get(name, value) if isinstance(value, dict) else value
    entities = value if isinstance(value, list) else [value]
    is_layout = all(isinstance(entity, dict) and isinstance(entity.get("fields"), list) for entity in entities)
    return [entity for entity in entities if "entity_name" in entity] or None if is_layout else None


def table_records(text: str) -> list[Record]:
    """Return the rows of a table with a header; empty cells are left out."""
    lines = text.splitlines(keepends=True)
    header, *rows = [row for row in csv.reader(lines, delimiter=delimiter_of(text)) if any(row)] or [[]]
    problems = header_problems(header) if rows else ["the table needs a header and at least one row"]
    problems += [
        f"row {number} has {len(row)} cells, the header {len(header)}"
        for number, row in enumerate(rows[:RECORDS_READ], 2)
        if len(row) != len(header)
    ]
    if problems:
        raise Unfit(problems)
    return [dict(zip(header, row, strict=True)) for row in rows[:RECORDS_READ]]


def delimiter_of(text: str) -> str:
    try:
        return csv.Sniffer().sniff(text[:65_536], DELIMITERS).delimiter
    except csv.Error:
        return ","  # One column has no delimiter to find.


def header_problems(header: list[str]) -> list[str]:
    problems = [f"column {place} of the table has no name" for place, name in enumerate(header, 1) if not name.strip()]
    repeated = sorted({name for name in header if header.count(name) > 1 and name.strip()})
    return problems + [f"the column {name!r} comes more than once" for name in repeated]


def with_numbers(records: tuple[Record, ...], key: str) -> tuple[Record, ...]:
    """Return the records of a table with numbers where a whole column reads as such; a key's digits stay a text."""
    names = [name for name in records[0] if name != key and is_number_column([record[name] for record in records])]
    return tuple(
        record | {name: json.loads(record[name], parse_float=Decimal) for name in names if record[name]}
        for record in records
    )


def is_number_column(cells: list[str]) -> bool:
    return any(cells) and all(is_number(cell) for cell in cells if cell)


def is_number(cell: str) -> bool:
    whole = cell.removeprefix("-").partition(".")[0]
    has_leading_zero = whole.startswith("0") and whole != "0"
    return bool(PLAIN_DECIMAL.fullmatch(cell)) and len(cell) <= CELL_DIGITS and not has_leading_zero
