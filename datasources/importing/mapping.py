"""Column mappings: which columns of a partner's file make a column of ours.

    {"transactionId": "InvoiceNo+StockCode", "credentialPrincipal": "CustomerID|'guest'", "currency": "'GBP'"}

`+` joins texts by a hyphen and gives nothing where one of them is empty, `|` takes the first that is not empty, and a
text in single quotes stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Row = Sequence[str]
Get = Callable[[Row], str]
PART = re.compile(r"(\s*'[^']*'\s*|[^'+|]+)([+|]|\Z)")  # There is one way to match it, so that no text takes long.
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Source:
    """Where the cells of a column come from: the first of these sums of parts that is not empty."""

    sums: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> Iterator[str]:
        """The columns of the file that it names."""
        return (part for parts in self.sums for part in parts if not part.startswith("'"))

    @property
    def only_column(self) -> str | None:
        """The column of which it is all that it takes, None where it takes more."""
        only = self.sums[0][0]
        return None if len(self.sums) > 1 or len(self.sums[0]) > 1 or only.startswith("'") else only

    def getter(self, places: Mapping[str, int]) -> Get:
        """Return what takes a column's cell from a row; `places` are those of the columns."""
        sums = [sum_getter([part_getter(part, places) for part in parts]) for parts in self.sums]
        if len(sums) == 1:
            return sums[0]
        return lambda row: next((text for get in sums if (text := get(row))), "")


def part_getter(part: str, places: Mapping[str, int]) -> Get:
    if part.startswith("'"):
        constant = part[1:-1]
        return lambda _row: constant
    place = places[part]
    return lambda row: row[place].strip()


def sum_getter(parts: Sequence[Get]) -> Get:
    if len(parts) == 1:
        return parts[0]

    def joined(row: Row) -> str:
        texts = [get(row) for get in parts]
        return "-".join(texts) if all(texts) else ""

    return joined


def parse(text: str) -> Source:
    """Read the right side of a mapping.

    Raises:
        ValueError: it is none.
    """
    sums: list[tuple[str, ...]] = []
    parts: list[str] = []
    place, sign = 0, "+"
    while sign:
        found = PART.match(text, place)
        if found is None or not found[1].strip():
            raise ValueError("must be names of columns or 'constants', joined by + or |")
        place, sign = found.end(), found[2]
        parts.append(found[1].strip())
        if sign != "+":
            sums.append(tuple(parts))
            parts = []
    return Source(tuple(sums))


def faults_of(mapping: object) -> list[str]:
    """Return what speaks against a mapping, a sentence each, wherever its columns may go."""
    if not isinstance(mapping, dict):
        return ['columnMapping must be an object, such as {"saleDate": "InvoiceDate"}.']
    return [f"columnMapping.{name} {fault}." for name, text in mapping.items() if (fault := fault_of(text))]


def fault_of(text: object) -> str:
    if not isinstance(text, str) or len(text) > LONGEST:
        return f"must be a text of at most {LONGEST} characters"
    try:
        parse(text)
    except ValueError as exc:
        return str(exc)
    return ""
