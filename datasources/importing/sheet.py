"""The first sheet of a workbook as CSV; a process of its own, which a hostile workbook ends and nothing else.

python -m datasources.importing.sheet WORKBOOK CSV DATE_FORMAT DECIMAL_POINT

Dates and numbers of a workbook are no texts; they become such as the source declares that its files have.
"""

from __future__ import annotations

import csv
import resource
import sys
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, load_workbook

MEMORY = 3 * 1024**3
SECONDS = 300
ROWS = 1_000_000
TOO_LONG, UNREADABLE = 3, 4


def main(workbook: str, to: str, date_format: str, point: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        sheet = load_workbook(workbook).get_sheet_by_index(0)
        if sheet.total_height > ROWS + 1:
            return TOO_LONG
        with open(to, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123 (imports little: it starts often)
            csv.writer(out, lineterminator="\r\n").writerows(  # So that either of them in a cell is quoted.
                [text_of(value, date_format, point) for value in row] for row in sheet.iter_rows()
            )
    except (CalamineError, OSError, IndexError, ValueError):
        return UNREADABLE
    return 0


def text_of(value: Any, date_format: str = "", point: str = ".") -> str:
    """Return a cell as a partner would write it into CSV; dates are ISO 8601 where no format is declared."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).replace(".", point)
    if date_format and isinstance(value, date):  # A datetime is one too.
        return value.strftime(date_format)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
