"""A partner's file given back, with two more columns: what became of each row, and why."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.edge.cells import harmless
from connector.edge.sheets import EXCEL, workbook
from datasources import spool
from datasources.errors import NoResults
from datasources.importing import copies
from datasources.importing.table import Table
from datasources.models import FileType, Import, ImportState
from datasources.models.reject import SUPERSEDED

AT_ONCE = 5000
COLUMNS = ["status", "errors"]


def results_of(import_: Import, file_type: str = "") -> tuple[str, str, Iterator[bytes]]:
    """Return the name, content type and content of an import's results: a workbook where one came, unless asked else.

    Raises:
        NoResults: nothing of the file could be read, it has not ended, or it is not kept any more.
    """
    if not import_.is_finished or not import_.delimiter:
        raise NoResults(import_.reason or "The import has not ended yet.")
    if not spool.path_of(import_.pk).exists():
        raise NoResults("The file is not kept any more.")
    stem = Path(import_.file_name).stem
    if (file_type or import_.file_type) == FileType.EXCEL:
        return f"{stem}-results.xlsx", EXCEL, as_excel(import_)
    return f"{stem}-results.csv", "text/csv; charset=utf-8", as_csv(import_)


def as_csv(import_: Import) -> Iterator[bytes]:
    with reread(import_) as table:
        for rows in told_rows(import_, table):
            text = StringIO()
            csv.writer(text, delimiter=import_.delimiter, lineterminator="\n").writerows(rows)
            yield text.getvalue().encode()


def as_excel(import_: Import) -> Iterator[bytes]:
    with reread(import_) as table:
        yield from workbook(row for rows in told_rows(import_, table) for row in rows)


@contextmanager
def reread(import_: Import) -> Iterator[Table]:
    """Yield the rows of a file again, from a copy that nobody else uses."""
    with TemporaryDirectory(dir=spool.folder()) as folder:
        path = Path(folder) / "file"
        path.symlink_to(spool.path_of(import_.pk))
        with Table(copies.make(import_, path).path, import_.delimiter) as table:
            yield table


def told_rows(import_: Import, table: Table) -> Iterator[list[list[str]]]:
    """Yield the rows in portions, each with what became of it."""
    header = table.header()
    width = len(header)
    yield [[*header, *COLUMNS]]
    for chunk in table.chunks(AT_ONCE):
        refused = rejects_between(import_, chunk.before, chunk.position)
        yield [
            [*row, *[""] * (width - len(row)), *fate(import_, number, refused.get(number, []))]
            for number, row in zip(chunk.numbers, chunk.rows, strict=True)
        ]


def rejects_between(import_: Import, before: int, last: int) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    rejects = import_.rejects.filter(row__gt=before, row__lte=last).order_by("row", "pk")
    for row, code, column, reason in rejects.values_list("row", "code", "column", "reason"):
        found[row].append((code, column, reason))
    return found


def fate(import_: Import, number: int, refused: list[tuple[str, str, str]]) -> list[str]:
    """Return what became of a row, and why."""
    if refused:
        status = "skipped" if refused[0][0] == SUPERSEDED else "error"
        return [
            status,
            harmless("; ".join(f"{column}: {reason}" if column else reason for _, column, reason in refused)),
        ]
    if number <= import_.position:
        return ["ok", ""]
    skipped = import_.state == ImportState.PROCESSED
    return ["skipped" if skipped else "not imported", import_.reason]
