"""Keep what the last run told: its table in README.md beside this file, its plot where the project's README shows it.

Usage: python -m benchmarks.keeping, or `make bench-keep`. Only a whole run is kept, and no quick one.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from benchmarks.run import OUT, WORKS

README = Path(__file__).with_name("README.md")
PICTURE = README.parent.parent / "docs" / "images" / "benchmarks.svg"
TABLE = re.compile(r"(?<=\n## The last run\n).*?```\n.*?```\n", re.DOTALL)


def main() -> int:
    surroundings = json.loads((OUT / "surroundings.json").read_text())
    missing = [name for name in WORKS if name not in surroundings["seconds"]]
    if surroundings["quick"] or missing:
        sys.stderr.write(f"Not kept: the last run was {'not of all works' if missing else 'a quick one'}.\n")
        return 1
    shutil.copyfile(OUT / "plot.svg", PICTURE)
    table = (OUT / "table.txt").read_text()
    minutes = sum(surroundings["seconds"].values()) / 60
    told = f"\nOf {surroundings['started']}; it took {minutes:.1f} minutes.\n\n```\n{table}```\n"
    README.write_text(TABLE.sub(lambda _: told, README.read_text(), count=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
