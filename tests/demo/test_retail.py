"""What a directory of a partner's files is expected to become, counted from the files."""

from __future__ import annotations

from pathlib import Path

from connector.demo.sources.pull import Counts
from connector.demo.sources.retail import counted, mapping

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
MOMENT = "2010-12-01 08:26:00"


def test_rows_without_customer_are_refused_and_of_equal_ones_the_last_stands(tmp_path: Path) -> None:
    rows = [("1", "a", "17850.0"), ("1", "a", "17850.0"), ("1", "b", "17850.0"), ("2", "a", ""), ("1", "a", "")]
    lines = [f'{invoice},{code},"LAMP, RED",6,{MOMENT},2.55,{who},UK\n' for invoice, code, who in rows]
    (tmp_path / "day.csv").write_text(HEADER + "".join(lines))
    assert dict(counted(tmp_path)) == {"day.csv": Counts(rows=5, ok=2, with_errors=2, skipped=1)}


def test_mapping_names_columns_of_the_files() -> None:
    named = {part for text in mapping()["columnMapping"].values() for part in text.split("+") if "'" not in part}
    assert named <= set(HEADER.strip().split(","))
