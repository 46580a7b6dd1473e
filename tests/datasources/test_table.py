from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasources.importing.errors import BadFile
from datasources.importing.table import LONGEST_LINE, MOST_BYTES, Table, check_lines, delimiter_of

CELLS = st.text(st.sampled_from('ab ,;"\n\\é€'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=3).filter(any), max_size=12)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, most=st.integers(1, 5), ends=st.sampled_from(["\n", "\r\n"]))
def test_rows_are_those_that_were_written_from_wherever_one_goes_on(
    tmp_path: Path, rows: list[list[str]], most: int, ends: str
) -> None:
    path = tmp_path / "file"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator=ends).writerows(rows)
    found, offset, position = [], 0, 0
    while True:
        with Table(path, ",", offset, position) as table:
            chunk = table.chunk(most)
        if chunk.position == position:
            break
        found += chunk.rows
        assert list(chunk.numbers) == list(range(position + 1, chunk.position + 1))
        offset, position = chunk.offset, chunk.position
    assert found == rows


@pytest.mark.parametrize("quote", ["", '"'], ids=["plain", "quoted"])
def test_chunk_of_long_rows_has_fewer_of_them(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "file"
    cell = quote + "x" * 60_000 + quote
    path.write_text("".join(f"{number},{cell},{cell}\n" for number in range(50)))
    with Table(path) as table:
        chunks = list(table.chunks(10_000))
    assert [row[0] for chunk in chunks for row in chunk.rows] == [str(number) for number in range(50)]
    assert max(len(chunk.rows) for chunk in chunks) <= MOST_BYTES // 120_000 + 1


def test_line_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a,b\n" + b"x" * 2 * LONGEST_LINE)
    with pytest.raises(BadFile, match="a line of more than"):
        check_lines(path)


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a;b,c;d", ";"), ("name\tb", "\t"), ("x,y,z|name|q", "|"), ("name", ",")],
    ids=["most names", "tab", "known name", "one column"],
)
def test_delimiter_is_told_by_the_header(line: str, delimiter: str) -> None:
    assert delimiter_of(line, frozenset(["name"])) == delimiter
