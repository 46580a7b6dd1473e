"""Why rows were not stored, by row and column, as a person may read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from connector.edge.errors import Fault
from datasources.importing.rows import Reader
from datasources.models import Import, Reject
from datasources.models.reject import SUPERSEDED

COLUMNS = 'import_id, row, "column", value, code, reason'
FAULTS_NOTED = 20  # of a row
LATER = "A later row of the file names the same record."
Line = tuple[int, int, str, str, str, str]


def note(import_: Import, reader: Reader, faults: Mapping[int, Sequence[Fault]], superseded: Iterable[int]) -> None:
    """Note why rows were not stored; the caller has a transaction."""
    lines = [*faulty(import_, reader, faults), *((import_.pk, row, "", "", SUPERSEDED, LATER) for row in superseded)]
    store(lines)


def note_faults(import_: Import, columns: Mapping[str, str], faults: Mapping[int, Sequence[Fault]]) -> None:
    """Note why rows were not stored, with the file's columns by the treekeys of their fields."""
    store(list(lines_of(import_, columns, faults)))


def store(lines: Sequence[Line]) -> None:
    if not lines:
        return
    table = connection.ops.quote_name(Reject._meta.db_table)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as rejects,
    ):
        for line in lines:
            rejects.write_row(line)


def faulty(import_: Import, reader: Reader, faults: Mapping[int, Sequence[Fault]]) -> Iterator[Line]:
    return lines_of(import_, {field.leaf.treekey: field.column for field in reader.fields.values()}, faults)


def lines_of(import_: Import, columns: Mapping[str, str], faults: Mapping[int, Sequence[Fault]]) -> Iterator[Line]:
    for row, of_row in faults.items():
        for fault in of_row[:FAULTS_NOTED]:
            column, value = columns.get(fault.treekey, ""), text_of(fault.received)
            yield import_.pk, row, column[:255], value[:100], fault.code, storable(fault.message)[:300]


def text_of(value: Any) -> str:
    if value is None:
        return ""
    return storable(value if isinstance(value, str) else json.dumps(value, default=str))


def storable(text: str) -> str:
    return text.replace("\x00", "\ufffd")
