"""What became of pulled files, as the results and the mail tell it."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..target import CHECKOUT
from .party import Party

NUMBERS = ("rows", "rowsOk", "rowsWithErrors", "rowsSkipped")
SHOWN = 5


def print_report(console: Console, party: Party, imports: Mapping[str, Mapping[str, Any]]) -> None:
    """Print a line for each file, and the first rows of each that were not imported, as the results say."""
    table = Table("File", *NUMBERS, title="Imported files")
    for name, each in sorted(imports.items()):
        table.add_row(name, *(f"{each[number]:,}" for number in NUMBERS))
    console.print(table)
    for name, each in sorted(imports.items()):
        if each["rows"] > each["rowsOk"]:
            print_rejects(console, party, name, each["id"])


def print_rejects(console: Console, party: Party, name: str, number: int) -> None:
    text = party.http.get(f"/api/v4/import/{number}/results").text
    rows = [(line, row) for line, row in enumerate(csv.DictReader(text.splitlines()), start=2) if row["status"] != "ok"]
    for line, row in rows[:SHOWN]:
        console.print(Text(f"{name}, row {line}: {row['status']}: {row['errors']}"), soft_wrap=True)
    if len(rows) > SHOWN:
        console.print(f"and {len(rows) - SHOWN:,} more rows of {name}")


def print_mail(console: Console) -> None:
    """Print the newest mail that a development stack has kept."""
    folder = Path(os.environ.get("RUN_DIR") or CHECKOUT / ".run") / "mails"
    kept = sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    if not kept:
        return
    part = message_from_bytes(kept[-1].read_bytes(), policy=policy.default).get_body(("plain",))
    if part is not None:
        console.print("The mail about it:", style="bold")
        console.print(Text(part.get_content().strip()), soft_wrap=True)
