"""Rows that are equally wide, as those of nearly all files are: one list of cells, of which a column is a slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat


class Grid:
    """Rows of so many cells each."""

    __slots__ = ("cells", "width")

    def __init__(self, cells: list[str], width: int) -> None:
        self.cells = cells
        self.width = width

    @classmethod
    def of(cls, lines: Sequence[str], delimiter: str) -> Grid | None:
        """Return the rows that these lines are, None where they are not equally wide."""
        counts = set(map(str.count, lines, repeat(delimiter)))
        return cls(delimiter.join(lines).split(delimiter), counts.pop() + 1) if len(counts) == 1 else None

    def __len__(self) -> int:
        return len(self.cells) // self.width

    def __iter__(self) -> Iterator[list[str]]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> list[str]:
        return self.cells[place * self.width : (place + 1) * self.width]

    def column(self, place: int) -> list[str]:
        return self.cells[place :: self.width]


Rows = Sequence[list[str]] | Grid


def column(rows: Rows, place: int) -> list[str]:
    return rows.column(place) if isinstance(rows, Grid) else [row[place] for row in rows]


def are_wide(rows: Rows, width: int) -> bool:
    """Tell whether all rows have so many cells."""
    return rows.width == width if isinstance(rows, Grid) else set(map(len, rows)) <= {width}


def have_something(rows: Rows) -> bool:
    """Tell whether every row has a cell that is not empty."""
    return (isinstance(rows, Grid) and all(rows.column(0))) or all(map(any, rows))
