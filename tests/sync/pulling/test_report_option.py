from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

PLACES = pytest.mark.parametrize("place", ["", "missing/report.csv"], ids=["a-folder", "in-no-folder"])
COMMANDS = pytest.mark.parametrize("command", [("resync", "pull"), ("reconcile",)], ids=["pull", "reconcile"])


@COMMANDS
@PLACES
def test_report_is_refused_before_the_source_is_asked_when_it_cannot_be_written(
    command: tuple[str, ...], place: str, tmp_path: Path
) -> None:
    source = ["--from", "http://127.0.0.1:1", "--entity-token", "e"]
    with pytest.raises(CommandError, match=r"--report: .* cannot be written"):
        call_command(*command, "product", *source, "--report", str(tmp_path / place))
