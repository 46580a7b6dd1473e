"""Writing workbooks while their rows come: every cell is the text that it was given, whatever a formula begins with.

The libraries write a workbook whole before the first byte of it can be sent, which for a million rows takes longer than
a browser or a proxy waits. This one is a sheet of inline texts in a zip that is written as a stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from xml.sax.saxutils import escape  # It writes, and reads none. # nosec B406
from zipfile import ZIP_DEFLATED, ZipFile

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # beside the header
LONGEST_CELL = 32_767
BLOCK = 64 * 1024
NO_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")
ENTITIES = {"\r": "&#13;"}  # Else a reader of XML takes it for a line's end.

DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMATS = "http://schemas.openxmlformats.org"
MAIN, RELATED = f"{FORMATS}/spreadsheetml/2006/main", f"{FORMATS}/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{FORMATS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{OFFICE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{FORMATS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{FORMATS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class Sink:
    """What a zip is written to, and taken from piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: whoever reads takes the pieces."""

    close = flush

    def taken(self) -> bytes:
        pieces, self.pieces, self.size = self.pieces, [], 0
        return b"".join(pieces)


def workbook(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield a workbook of one sheet, in blocks; an empty cell is none."""
    sink = Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as book:
        for name, content in PARTS.items():
            book.writestr(name, DECLARED + content)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number, row in enumerate(rows, start=1):
                sheet.write(row_of(number, row).encode())
                if sink.size >= BLOCK:
                    yield sink.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield sink.taken()


def row_of(number: int, texts: Iterable[str]) -> str:
    cells = [
        f'<c r="{letters(place)}{number}" t="inlineStr"><is><t xml:space="preserve">{as_xml(text)}</t></is></c>'
        for place, text in enumerate(texts)
        if text
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def as_xml(text: str) -> str:
    """Return a text as XML; what XML cannot hold is replaced, and what a cell cannot hold is cut off."""
    return escape(text.translate(NO_XML)[:LONGEST_CELL], ENTITIES)


@cache
def letters(place: int) -> str:
    """Return the name of a column: A, B, ... Z, AA."""
    before, last = divmod(place, 26)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)
