"""The previous release, as this repository keeps it: its commit, its migrations, and a dump of a service in the middle of work.

`python -m tests.releases` makes both files anew when a release is made.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

FOLDER = Path(__file__).parent
DUMP = FOLDER / "released.sql.gz"
FILE = FOLDER / "released.json"


@dataclass(frozen=True)
class Released:
    """What is to be known of the previous release."""

    commit: str
    migrations: list[str]

    @classmethod
    def read(cls) -> Self:
        return cls(**json.loads(FILE.read_text()))

    def write(self) -> None:
        FILE.write_text(f"{json.dumps(asdict(self), indent=2)}\n")
