"""In which encoding a text file came: its mark, UTF-8, UTF-16, or what `charset_normalizer` finds in a part of it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from datasources.importing.errors import BadFile

BLOCK = 1024 * 1024
SAMPLE = 128 * 1024
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WESTERN = "cp1252"
WORD = re.compile(r"(?:[^\W\d_]|[^\x00-\x7f])+")


def encoding_of(path: Path) -> str:
    """Return the encoding of a file.

    Raises:
        BadFile: it is no text.
    """
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    marked = next((encoding for mark, encoding in MARKS.items() if start.startswith(mark)), None)
    if marked == "utf-8" and first_strange(path) is not None:
        raise BadFile("It begins as UTF-8, and is none further on.")
    if marked:
        return marked
    if wide := without_mark(start):
        return wide
    strange = first_strange(path)
    if strange is not None and b"\x00" in start:
        raise BadFile("It is no text file, nor an Excel workbook (xlsx).")
    return "utf-8" if strange is None else guessed(path, strange)


def without_mark(start: bytes) -> str:
    """Return which UTF-16 a text is that has very many NULs, told by where they stand; empty where it has not."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) <= len(start) // 8 or min(even, odd) * 4 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def first_strange(path: Path) -> int | None:
    """Return where a file stops being UTF-8, None where it is all UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as exc:
                return max(0, place + exc.start)
            place += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return place
    return None


def guessed(path: Path, strange: int) -> str:
    """Return what the part of a file around its first strange byte looks like."""
    with path.open("rb") as file:
        file.seek(max(0, strange - SAMPLE // 2))
        sample = file.read(SAMPLE)
    best = None if is_western(sample) else from_bytes(sample).best()
    return best.encoding if best else WESTERN


def is_western(sample: bytes) -> bool:
    """Tell whether a part of a file is in the encoding of Windows for Western Europe.

    A few letters that are not ASCII fit many encodings equally well; where most letters of their words are ASCII, this
    one is by far the likeliest.
    """
    try:
        words = [word for word in WORD.findall(sample.decode(WESTERN)) if not word.isascii()]
    except UnicodeDecodeError:
        return False
    letters = "".join(words)
    return sum(letter.isascii() for letter in letters) * 2 >= len(letters)


def transcode(path: Path, encoding: str, to: Path) -> None:
    """Write a text file again in UTF-8, its lines ended by line feeds.

    Raises:
        BadFile: it is not in that encoding.
    """
    try:
        with path.open(encoding=encoding) as file, to.open("w", encoding="utf-8", newline="") as out:
            while block := file.read(BLOCK):
                out.write(block)
    except UnicodeError as exc:
        raise BadFile(f"It is not text in any encoding that is known; {encoding} was the nearest.") from exc
