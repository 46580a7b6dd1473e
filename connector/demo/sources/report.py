"""What became of pulled files, as the results and the mail tell it."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from time import sleep, time
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..target import CHECKOUT
from .party import Party

NUMBERS = ("rows", "rowsOk", "rowsWithErrors", "rowsSkipped")
SHOWN = 5  # rows of a file
SHOWN_FILES = 3
SHOWN_LINES = 40
PATIENCE = 20.0  # seconds until a mail is there: it is sent when all files have ended


def print_report(console: Console, party: Party, imports: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a line for each file, and the first rows of each that were not imported, as the results say."""
    table = Table("File", *NUMBERS, title="Imported files")
    for name, each in sorted(imports.items()):
        table.add_row(name, *(f"{each[number]:,}" for number in NUMBERS))
    console.print(table)
    dirty = [name for name, each in sorted(imports.items()) if each["rows"] > each["rowsOk"]]
    for name in dirty[:SHOWN_FILES]:
        print_rejects(console, party, name, imports[name]["id"])


def print_rejects(console: Console, party: Party, name: str, number: int) -> None:
    text = party.http.get(f"/api/v4/import/{number}/results").text
    rows = [(line, row) for line, row in enumerate(csv.DictReader(text.splitlines()), start=2) if row["status"] != "ok"]
    for line, row in rows[:SHOWN]:
        console.print(Text(f"{name}, row {line}: {row['status']}: {row['errors']}"), soft_wrap=True)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN:,} more rows of {name}")


def print_mail(console: Console, *, since: float) -> None:
    """Print the mail that a development stack has kept since then."""
    folder = Path(os.environ.get("RUN_DIR") or CHECKOUT / ".run") / "mails"
    deadline = time() + PATIENCE
    while not (kept := newer(folder, since)) and folder.parent.is_dir() and time() < deadline:
        sleep(0.3)
    part = message_from_bytes(kept[-1].read_bytes(), policy=policy.default).get_body(("plain",)) if kept else None
    if part is not None:
        console.print("The mail about it:", style="bold")
        console.print(Text("\n".join(part.get_content().strip().splitlines()[:SHOWN_LINES])), soft_wrap=True)


def newer(folder: Path, since: float) -> list[Path]:
    """Return the files that are newer, the newest last."""
    times = {path: path.stat().st_mtime for path in folder.glob("*")}
    return sorted((path for path, changed in times.items() if changed > since), key=times.__getitem__)
