"""A directory of real files, in a partner's own columns, pulled by a mapping: `make demo SALES=directory`.

What is to be expected is counted from the files first: a row without a customer is refused, and of several rows of one
product on one invoice the last stands. What an earlier demo has imported is skipped: its content is the same.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import time
from typing import Any

from rich.console import Console

from ..report import print_results
from ..target import UnavailableError
from .folder import Folder, served
from .party import Party, let_in, register_email
from .pull import Counts, pulled, source
from .report import print_mail, print_report

MAPPING = Path(__file__).with_name("online_retail.json")


def pull_sales(url: str, folder: Folder, console: Console) -> int:
    """Pull the files, print what came of them, and return how much is not as expected."""
    fresh = dict(counted(folder.path))
    if not fresh:
        raise UnavailableError(f"{folder.path} has no *.csv files.")
    party, started = let_in("Online Retail", url), time()
    known = imported(party)
    expected = {name: counts.again() if name in known else counts for name, counts in fresh.items()}
    total = sum(expected.values(), Counts(0, 0, 0, 0))
    console.print(f"The mapping, {MAPPING.name}:\n{MAPPING.read_text().strip()}", markup=False)
    console.print(
        f"To be expected of {len(expected)} files, {len(known & expected.keys())} of them imported before: {total}",
        style="bold",
    )
    register_email(party)
    with served(folder), source(party, folder, **mapping()) as made:
        imports = pulled(party, made["id"], len(expected)) if made else {}
    took = time() - started
    compare(party, imports, expected)
    print_results(console, party.results)
    console.print(f"{total.rows / took:,.0f} rows a second, from the request to run until the last file had ended")
    print_report(console, party, imports)
    print_mail(console, since=started)
    return sum(bool(result.faults) for result in party.results)


def imported(party: Party) -> set[str]:
    """Return the names of the files that an earlier demo has imported."""
    told = party.poll("/import/status?state=3&pageSize=1000")
    return {each["fileName"] for each in told["imports"]}


def mapping() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MAPPING.read_text())
    return found


def compare(party: Party, imports: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Counts]) -> None:
    for name, counts in expected.items():
        party.expect(name, Counts.told(imports[name]) if name in imports else None, counts)


def counted(directory: Path) -> Iterator[tuple[str, Counts]]:
    """Yield the name of each file, and what is to become of its rows."""
    for path in sorted(directory.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            yield path.name, of_rows(csv.DictReader(file))


def of_rows(rows: Iterator[Mapping[str, str]]) -> Counts:
    every, good = 0, []
    for row in rows:
        every += 1
        if row["CustomerID"].strip():
            good.append((row["InvoiceNo"].strip(), row["StockCode"].strip()))
    return Counts(every, len(set(good)), every - len(good), len(good) - len(set(good)))
