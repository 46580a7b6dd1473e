"""Texts as cells of CSV and workbooks: no spreadsheet takes one for a formula, and nothing of it is lost.

A text that begins as a formula does gets an apostrophe before it; so does one that would lose its own when that is
taken away again, and the empty text, which else were no value.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
STARTS = re.escape("".join(FORMULAS))
GUARDED = re.compile(rf"'(?:\Z|[{STARTS}'])")
NEEDS_GUARD = re.compile(rf"\Z|[{STARTS}]|{GUARDED.pattern}")
BYTE_ORDER_MARK = "\ufeff".encode()


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, for people to read."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def guarded(text: str) -> str:
    """Return a text as a cell that is no formula, from which `unguarded` makes the text again."""
    return f"'{text}" if NEEDS_GUARD.match(text) else text


def unguarded(cell: str) -> str | None:
    """Return the text that a cell was made of, None where it is empty: there was no value."""
    return cell[1:] if GUARDED.match(cell) else cell or None


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
