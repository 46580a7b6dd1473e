"""What became of every record of a pull, as a table for people."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.models import Pull, PullPage

HEAD = ("key", "outcome", "reason", "page")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_report(pull: Pull, path: Path) -> int:
    """Write a CSV with a line for each record and return how many there are."""
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEAD)
        for row in rows(pull):
            table.writerow([defused(str(cell)) for cell in row])
            count += 1
    return count


def rows(pull: Pull) -> Iterator[tuple[str, str, str, int]]:
    for page in pull.done_pages.order_by("number").iterator(chunk_size=20):
        yield from rows_of(page)


def rows_of(page: PullPage) -> Iterator[tuple[str, str, str, int]]:
    for place, (key, fate) in enumerate(zip(page.keys, page.fates, strict=True)):
        yield key, fate, reason(page.notes.get(str(place))), page.number


def reason(note: Any) -> str:
    """Return a note as a sentence: why a record was refused, or which of its columns differed."""
    if not note:
        return ""
    if isinstance(note[0], str):
        return f"differs in {', '.join(note)}"
    return " ".join(f"{fault['treekey']}: {fault['message']}" for fault in note)


def defused(text: str) -> str:
    """Return a cell that a spreadsheet takes for text and not for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
