"""Writing workbooks: every cell is the text that it was given, whatever a formula would begin with."""

from __future__ import annotations

from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO, Any

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # beside the header
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], "\ufffd")


def sheet_of(rows: Iterable[Iterable[str]]) -> IO[bytes]:
    """Return a file with a workbook of one sheet, at its beginning."""
    import openpyxl.cell  # noqa: PLC0415 (it takes a while, and few processes write one)

    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in rows:
        sheet.append([as_text(openpyxl.cell.WriteOnlyCell(sheet), text) for text in row])
    file = TemporaryFile()  # noqa: SIM115 (the caller reads it to its end)
    workbook.save(file)
    file.seek(0)
    return file


def as_text(cell: Any, text: str) -> Any:
    cell.value = text.translate(UNWRITABLE)
    cell.data_type = "s"
    return cell
