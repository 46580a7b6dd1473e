"""Rows that are equally wide, as those of nearly all files are: one list of cells, of which a column is a slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

STRANGE = "\\\t\r\x00\x0b\x0c\x1c\x1d\x1e\x1f"  # What COPY takes otherwise, and, but for spaces, what is stripped.


class Grid:
    """Rows of so many cells each; clean ones stand in COPY as they are, with nothing to be stripped of."""

    __slots__ = ("cells", "is_clean", "width")

    def __init__(self, cells: list[str], width: int, *, is_clean: bool) -> None:
        self.cells = cells
        self.width = width
        self.is_clean = is_clean

    @classmethod
    def of(cls, text: str, delimiter: str) -> Grid | None:
        """Return the rows that the lines of a text are, None where they are not equally wide.

        Told by the delimiters and line ends alone: what else there is, is taken out of all lines at once.
        """
        marks = f"{text}\n".encode().translate(None, all_but(delimiter))
        width = marks.index(b"\n") + 1
        if marks != marks[:width] * (len(marks) // width):
            return None
        return cls(text.replace("\n", delimiter).split(delimiter), width, is_clean=is_clean(text, delimiter))

    def __len__(self) -> int:
        return len(self.cells) // self.width

    def __iter__(self) -> Iterator[list[str]]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> list[str]:
        return self.cells[place * self.width : (place + 1) * self.width]

    def column(self, place: int) -> list[str]:
        return self.cells[place :: self.width]


@cache
def all_but(delimiter: str) -> bytes:
    return bytes(set(range(256)) - {ord(delimiter), ord("\n")})


def is_clean(text: str, delimiter: str) -> bool:
    """Tell whether cells are sure to stand in COPY as they are, with nothing to be stripped of."""
    if not text.isascii() or any(char in text for char in STRANGE if char != delimiter):
        return False
    around = f"\n{text}\n" if " " in text else ""
    return not any(space in around for end in (delimiter, "\n") for space in (f"{end} ", f" {end}"))


Rows = Sequence[list[str]] | Grid


def column(rows: Rows, place: int) -> list[str]:
    return rows.column(place) if isinstance(rows, Grid) else [row[place] for row in rows]


def are_wide(rows: Rows, width: int) -> bool:
    """Tell whether all rows have so many cells."""
    return rows.width == width if isinstance(rows, Grid) else set(map(len, rows)) <= {width}


def are_clean(rows: Rows) -> bool:
    return isinstance(rows, Grid) and rows.is_clean


def have_something(rows: Rows) -> bool:
    """Tell whether every row has a cell that is not empty."""
    return (isinstance(rows, Grid) and all(rows.column(0))) or all(map(any, rows))
