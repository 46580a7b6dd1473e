"""What this room counts as it happens."""

from __future__ import annotations

from connector.edge.metrics.counted import add, counter

imports = counter("connector_imports_total", "Imports that have ended, by how.", ["state"])
rows = counter("connector_import_rows_total", "Rows of files, by what became of them.", ["result"])
runs = counter(
    "connector_source_runs_total", "Looks at data sources, and uploads, by how they ended.", ["trigger", "result"]
)


def count_rows(*, ok: int, with_errors: int, skipped: int = 0) -> None:
    """Count the rows of a chunk, which is committed."""
    add(rows, ok=ok, with_errors=with_errors, skipped=skipped)
