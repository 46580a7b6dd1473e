"""What a test has ordered: files in RUN_DIR/orders.

`{moment}.{number}` holds a signal; the first process that comes to that moment takes the file away and sends itself
the signal. A file named for an illness has records fall ill for as long as it stands.
"""

from __future__ import annotations

import os
from pathlib import Path


def obey(folder: Path, moment: str) -> None:
    """Send this process the signal that was ordered for this moment, if it is the first to come."""
    for order in folder.glob(f"{moment}.*"):
        try:
            number = int(order.read_text())
            order.unlink()
        except FileNotFoundError:  # Another process has taken it.
            continue
        os.kill(os.getpid(), number)
        return


class Orders:
    """A test's side of the orders."""

    def __init__(self, run_dir: Path) -> None:
        self.folder = run_dir / "orders"

    def give(self, moment: str, number: int, *, times: int = 1) -> None:
        self.folder.mkdir(exist_ok=True)
        for place in range(times):
            unfinished = self.folder / f"unfinished-{moment}"
            unfinished.write_text(str(int(number)))
            unfinished.rename(self.folder / f"{moment}.{place}")

    def open(self) -> list[str]:
        """Return the orders that nobody has obeyed yet."""
        return sorted(path.name for path in self.folder.glob("*.*"))

    def infect(self, illness: str) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / illness).touch()

    def cure(self, illness: str) -> None:
        (self.folder / illness).unlink()
