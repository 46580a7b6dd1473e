"""Writing workbooks: every cell is the text that it was given, whatever a formula would begin with."""

from __future__ import annotations

from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], "\ufffd")


def sheet_of(rows: Iterable[Iterable[str]]) -> IO[bytes]:
    """Return a file with a workbook of one sheet, at its beginning."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for row in rows:
        sheet.append([cell(sheet, text) for text in row])
    file = TemporaryFile()  # noqa: SIM115 (the caller reads it to its end)
    workbook.save(file)
    file.seek(0)
    return file


def cell(sheet: Any, text: str) -> Any:
    written = WriteOnlyCell(sheet, text.translate(UNWRITABLE))
    written.data_type = "s"
    return written
