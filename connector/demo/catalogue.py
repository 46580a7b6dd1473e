"""A product catalogue: the rows of a CSV file as records of one entity."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .cells import CellError, fits_a_cell, value_of
from .columns import COLUMNS
from .layout import Entity, Field

Record = dict[str, Any]


class CatalogueError(Exception):
    """The file cannot be read as a catalogue of the entity."""


@dataclass(slots=True)
class Catalogue:
    """Every row is either the record of its key, superseded by a later row of that key, or unreadable."""

    mapped: dict[str, str]
    unmapped: list[str]
    rows: int = 0
    superseded: int = 0
    records: dict[str, Record] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def read(path: Path, entity: Entity) -> Catalogue:
    """Read a catalogue; raises CatalogueError when not even its headers can be used."""
    try:
        # utf-8-sig, because spreadsheets put a byte order mark before the first header.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            return _collect(reader, next(reader, []), entity)
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise CatalogueError(f"{path}: {exc}") from exc


def record_of(row: dict[str, str], mapped: dict[str, str], fields: dict[str, Field]) -> Record:
    """Return the record of one row without its empty cells; raises CellError naming the column."""
    record: Record = {}
    for header, name in mapped.items():
        if cell := row[header]:
            try:
                value = value_of(cell, fields[name])
            except CellError as exc:
                raise CellError(f"{header}: {exc}") from exc
            parent, _, child = name.rpartition(".")
            (record.setdefault(parent, {}) if parent else record)[child] = value
    return record


def fillable(entity: Entity) -> dict[str, Field]:
    """Return the fields that one cell can fill: `price`, and `inventory.qty` of an object."""
    found: dict[str, Field] = {}
    for top in entity.children:
        nested = top.children if top.type == "object" and not top.multiple else []
        found |= {f"{top.name}.{child.name}": child for child in nested if fits_a_cell(child)}
        if fits_a_cell(top):
            found[top.name] = top
    return found


def _collect(rows: Iterable[list[str]], headers: list[str], entity: Entity) -> Catalogue:
    fields = fillable(entity)
    catalogue = _mapping(headers, fields, entity.key)
    for cells in rows:
        catalogue.rows += 1
        try:
            _take(catalogue, _named(headers, cells), fields, entity.key)
        except CellError as exc:
            catalogue.unreadable.append(f"row {catalogue.rows}: {exc}")
    return catalogue


def _mapping(headers: list[str], fields: dict[str, Field], key: str) -> Catalogue:
    mapped = {header: COLUMNS.get(header, header) for header in headers if COLUMNS.get(header, header) in fields}
    if key not in mapped.values():
        raise CatalogueError(f"No column holds the key, {key}.")
    if len(set(mapped.values())) < len(mapped) or len(set(headers)) < len(headers):
        raise CatalogueError("Two columns fill the same field.")
    return Catalogue(mapped, [header for header in headers if header not in mapped])


def _named(headers: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(headers):
        raise CellError(f"it has {len(cells)} cells under {len(headers)} headers")
    return dict(zip(headers, cells, strict=True))


def _take(catalogue: Catalogue, row: dict[str, str], fields: dict[str, Field], key: str) -> None:
    record = record_of(row, catalogue.mapped, fields)
    if key not in record:
        raise CellError(f"it has no {key}")
    catalogue.superseded += record[key] in catalogue.records
    catalogue.records[record[key]] = record
